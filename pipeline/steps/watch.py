"""``watch``: does the new version crash?

Crashes alone take a release back. A file that fails may be one customer's bad file, and would roll
back a good release; it is said.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from generators.monitoring import WATCHED
from pipeline.names import CHANGE_SETS, DELIVER, INSPECT
from pipeline.steps.prepared import described
from pipeline.steps.session import StackPlace, places
from pipeline.steps.settings import StepSettings
from serverlessapp.aws import describe
from serverlessapp.operations.stack import find
from serverlessapp.processors.definition import Processor
from serverlessapp.report import count

CRASHES, FAILED_FILES = WATCHED
POLL = timedelta(seconds=30)


@dataclass(kw_only=True)
class WatchedStack:
    """A stack and its alarms, by name and kind; ``began`` is when its deployment did."""

    place: StackPlace
    began: datetime
    alarms: Mapping[str, str]
    said: set[tuple[str, str, datetime | None]] = field(default_factory=set)

    def states(self) -> Iterator[Mapping[str, Any]]:
        """Yield what CloudWatch says of each alarm that is there."""
        names = list(self.alarms)  # two a lane: far from the 100 that one call takes
        answer = self.place.client("cloudwatch").describe_alarms(AlarmNames=names)
        yield from answer["MetricAlarms"]


def watch(
    settings: StepSettings,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Look at the alarms for the promised time; 1 as soon as one for crashes goes on."""
    stacks = [watched(place) for place in places(settings.environment, INSPECT)]
    end = now() + settings.watch
    for stack in stacks:
        if missing := stack.alarms.keys() - {alarm["AlarmName"] for alarm in stack.states()}:
            there = ", ".join(sorted(missing))
            settings.say(f"{stack.place.region}: not watched: alarm {there} does not exist")
    while True:
        for stack in stacks:
            for alarm in stack.states():
                if fires(settings, stack, alarm):
                    words = f"{alarm['AlarmName']} in {stack.place.region} went off"
                    settings.hand_on(words)
                    settings.say(f"failed: {words}: {alarm.get('StateReason', 'no reason given')}")
                    return 1
        left = end - now()
        if left <= timedelta():
            break
        settings.say(f"no alarm; {left.total_seconds():.0f} s left")
        pause(min(POLL, left).total_seconds())
    minutes = settings.watch.total_seconds() / 60
    quiet = f"no crash in {minutes:g} minutes, in {count(len(stacks), 'Region')}"
    settings.say(quiet)
    settings.hand_on(quiet)
    return 0


def watched(place: StackPlace) -> WatchedStack:
    """Return a stack with the names of its alarms, as it tells of its lanes itself."""
    stack = find(place.client("cloudformation"), place.stack)
    alarms = {
        f"{place.stack}-{lane.logical_id(kind)}": kind
        for name in (lane.processor for lane in stack.lanes)
        for lane in (Processor(name=name, folder=Path(), handler=""),)
        for kind in WATCHED
    }
    return WatchedStack(place=place, began=began(place), alarms=alarms)


def began(place: StackPlace) -> datetime:
    """Return when the deployment did: its change set was made just before.

    CloudFormation keeps the one that was executed, and deletes all others (CloudFormation API
    Reference, "ExecuteChangeSet").
    """
    made = described(place, CHANGE_SETS[DELIVER])
    if made is None:
        made = dict(describe(place.client("cloudformation"), place.stack))
    moment: datetime = made.get("LastUpdatedTime") or made["CreationTime"]
    return moment.replace(microsecond=0)  # CloudWatch may tell whole seconds


def fires(settings: StepSettings, stack: WatchedStack, alarm: Mapping[str, Any]) -> bool:
    """Tell whether an alarm says that the new version crashes; say once what else it says.

    One that was on before counts when it went off and on again: then it has a new time.
    """
    name, state = alarm["AlarmName"], alarm["StateValue"]
    # Of the value alone, where CloudWatch tells it; the other one is of evaluations, too.
    since = alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp")
    is_new = state == "ALARM" and (since is None or since >= stack.began)
    if is_new and stack.alarms[name] == CRASHES:
        return True
    words = ""
    if is_new:
        words = "files fail; the files may be the cause, so no rollback"
    elif state == "ALARM":
        words = f"in alarm since {since}, before the deployment: ignored"
    elif state == "INSUFFICIENT_DATA":
        words = "no data yet"
    if words and (name, state, since) not in stack.said:
        stack.said.add((name, state, since))
        settings.say(f"{stack.place.region}: {name}: {words}")
    return False
