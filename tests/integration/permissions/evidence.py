"""Which path used which grant, from the decisions on it."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from botocore.exceptions import ClientError

from local.enforcement.decisions import Decision

from .attack import Attack
from .grants import TRUST, Grant, Statement
from .paths import Path, first_file
from .policies import listed, opened, taken
from .proof import Proof
from .world import RefusedError, World

FRESH_SECONDS = 100  # a third of what a secret is: on a busy machine, a path may take as long


@dataclass
class Evidence:
    """What the paths have shown.

    Attributes:
        failures: Path -> why it failed.
        used: Grant -> the paths on which it was used, in their order.
        called: Holder and Sid -> the resources of the calls that the statement allowed.
        unknown: Decisions for a role of the stack that no statement of the template made.
    """

    failures: dict[str, str] = field(default_factory=dict)
    used: dict[Grant, list[str]] = field(default_factory=dict)
    called: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    unknown: list[Decision] = field(default_factory=list)


def collect(world: World, proof: Proof, paths: Iterable[Path]) -> Evidence:
    """Walk paths and return what they show."""
    evidence, started = Evidence(), float("-inf")
    for path in paths:
        if time.monotonic() - started >= FRESH_SECONDS:
            # So that each path starts the function, or does not, as it says.
            started = time.monotonic()
            for lane in world.lanes:
                first_file(world, lane)
        try:
            decisions = world.run(path.walk)
        except (RefusedError, ClientError, AssertionError) as error:
            evidence.failures[path.name] = str(error)
            decisions = world.decisions()
        for decision in decisions:
            enter(world, proof, evidence, path, decision)
    return evidence


def enter(world: World, proof: Proof, evidence: Evidence, path: Path, decision: Decision) -> None:
    """Enter one decision, for each statement that it took.

    Not what another lane did with the same file: it has its own.
    """
    own = decision.policy == "identity"
    holder = holder_of(world, decision.role if own else name_of(decision.resource))
    reached = [(holder, decision.sid or TRUST)]
    if decision.own:
        reached.append((holder_of(world, decision.role), decision.own))
    for key in reached:
        statement, owner = proof.by_sid.get(key), proof.owners.get(key[0])
        if statement is None:
            if own and holder:
                evidence.unknown.append(decision)
            continue
        if owner and path.lane not in ("", owner.name):
            continue
        evidence.called.setdefault(key, set()).add(decision.resource)
        for grant in used(world, statement, decision):
            names = evidence.used.setdefault(grant, [])
            if path.name not in names:
                names.append(path.name)


def check_need(world: World, proof: Proof, evidence: Evidence, grant: Grant) -> None:
    """Take a grant away: a path that used it has to fail, and on exactly that."""
    assert grant in evidence.used, proof.advice(grant)
    statement = proof.by_sid[grant.holder, grant.sid]
    with world.policies.changed(grant.holder, grant.sid, taken(statement, grant)):
        try:
            # On a busy machine, one that does not start the function may have used what a start
            # needs.
            for name in evidence.used[grant]:
                world.run(proof.paths[name].walk)
        except (RefusedError, ClientError):
            missed = True
        else:
            missed = False
    refused = {each.action for each in world.decisions() if not each.allowed}
    world.settle()
    assert missed, f"without it, no path fails: {proof.advice(grant)}"
    assert any(covers(statement.actions, action) for action in refused)
    assert grant.part != "Action" or any(covers([grant.value], action) for action in refused)


def check_guard(world: World, proof: Proof, attack: Attack) -> None:
    """Make an attack, and again without its guard: refused, and then let through."""
    assert not world.attempt(attack.attempt), "it got through"
    guard = attack.guard
    change = opened(proof.by_sid[guard.holder, guard.sid], guard)
    with world.policies.changed(guard.holder, guard.sid, change):
        assert world.attempt(attack.attempt), (
            "something else stops it, too, or it cannot get through at all"
        )
    world.settle()


def covers(patterns: Iterable[str], action: str) -> bool:
    """Tell whether an action is one of those named, perhaps with stars."""
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def holder_of(world: World, name: str) -> str:
    """Return the logical ID of a role or resource by its name; empty for others."""
    for title, (_, physical) in world.resources.items():
        if name and name == physical.rpartition("/")[2].rpartition(":")[2]:
            return title
    return ""


def name_of(arn: str) -> str:
    """Return the name of the role, queue, bucket, topic, key or table of an ARN."""
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    return rest.partition("/")[0] if service == "s3" else rest.rpartition("/")[2]


def used(world: World, statement: Statement, decision: Decision) -> Iterator[Grant]:
    """Yield the grants of a statement that a decision took."""
    for grant in statement.grants():
        if grant.part == "Action":
            is_used = covers([grant.value], decision.action)
        elif grant.part == "Resource":
            document = world.policies.read(statement.holder, statement.sid)
            (live,) = (each for each in document["Statement"] if each["Sid"] == statement.sid)
            pattern = listed(live["Resource"])[statement.resources.index(grant.value)]
            is_used = fnmatchcase(decision.resource, pattern)
        else:
            is_used = str(decision.context.get(grant.part.lower(), "")).startswith(
                grant.value + "."
            )
        if is_used:
            yield grant
