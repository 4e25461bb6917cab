"""The new version is watched for the time that was promised."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.steps import command, watch

from .conftest import OTHER, REGION, Delivered

CRASHES, FAILED_FILES = (
    f"serverlessapp-prod-{kind}" for kind in ("FunctionErrorsAlarm", "ProcessingErrorsAlarm")
)


class Clock:
    """A time that passes when somebody waits, from a moment after every deployment here.

    Attributes:
        then: Called after each wait.
    """

    def __init__(self) -> None:
        self.time = datetime.now(UTC) + timedelta(hours=1)
        self.waits: list[float] = []
        self.then: Any = lambda: None

    def now(self) -> datetime:
        return self.time

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += timedelta(seconds=seconds)
        self.then()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setitem(
        command.STEPS, "watch", lambda settings: watch.watch(settings, made.now, made.pause)
    )
    return made


def alarm(delivered: Delivered, name: str, state: str, region: str = OTHER) -> None:
    delivered.emulator.session(region).client("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue=state, StateReason="a test"
    )


def test_it_takes_the_promised_time(
    delivered: Delivered, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered.package()
    delivered.deploy()
    code, out = delivered.step("watch")
    assert code == 0, out
    assert sum(clock.waits) == 600
    assert delivered.answers["SUMMARY"] == "no crash in 10 minutes, in 2 Regions"
    assert out.count(f"{REGION}: {CRASHES}: no data yet") == 1
    monkeypatch.setenv("WATCH_MINUTES", "0.5")
    delivered.step("watch")
    assert sum(clock.waits) == 630


def test_a_crash_ends_it_at_once(delivered: Delivered, clock: Clock) -> None:
    delivered.package()
    delivered.deploy()
    clock.then = lambda: alarm(delivered, CRASHES, "ALARM")
    code, out = delivered.step("watch")
    assert code == 1
    assert len(clock.waits) == 1
    assert f"failed: {CRASHES} in {OTHER} went off: a test" in out
    assert delivered.answers["SUMMARY"] == f"{CRASHES} in {OTHER} went off"


def test_a_crash_before_it_began_to_look_counts(delivered: Delivered, clock: Clock) -> None:
    delivered.package()
    delivered.deploy()
    alarm(delivered, CRASHES, "ALARM", REGION)
    assert delivered.step("watch")[0] == 1
    assert not clock.waits


def test_a_file_that_fails_takes_nothing_back(delivered: Delivered, clock: Clock) -> None:
    delivered.package()
    delivered.deploy()
    alarm(delivered, FAILED_FILES, "ALARM")
    code, out = delivered.step("watch")
    assert code == 0
    assert out.count(f"{OTHER}: {FAILED_FILES}: files fail") == 1


def test_what_was_on_before_is_named_and_does_not_count(
    delivered: Delivered, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered.package()
    delivered.deploy()
    alarm(delivered, CRASHES, "ALARM")
    later = datetime.now(UTC) + timedelta(minutes=1)
    monkeypatch.setattr(watch, "began", lambda place: later)
    code, out = delivered.step("watch")
    assert code == 0
    assert out.count(f"{OTHER}: {CRASHES}: in alarm since ") == 1


def test_a_stack_without_alarms_is_said(delivered: Delivered, clock: Clock) -> None:
    delivered.package()
    delivered.deploy()
    cloudwatch = delivered.emulator.session(OTHER).client("cloudwatch")
    cloudwatch.delete_alarms(AlarmNames=[CRASHES])
    code, out = delivered.step("watch")
    assert code == 0
    assert f"{OTHER}: not watched: alarm {CRASHES} does not exist" in out
