"""Which path used which grant, from the decisions on it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from botocore.exceptions import ClientError

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.enforcement.decisions import Decision
from serverlessapp.template.reading import load

from .grants import TRUST, Grant, Statement, statements
from .paths import PATHS
from .policies import listed
from .world import RefusedError, World

STATEMENTS = statements(load(render(build(Retention.EPHEMERAL))))
GRANTS = [grant for each in STATEMENTS if each.allows for grant in each.grants()]
BY_SID = {(each.holder, each.sid): each for each in STATEMENTS}


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


def collect(world: World) -> Evidence:
    """Walk every path and return what it shows."""
    evidence = Evidence()
    for name, path in PATHS.items():
        try:
            decisions = world.run(path)
        except (RefusedError, ClientError, AssertionError) as error:
            evidence.failures[name] = str(error)
            decisions = world.decisions()
        for decision in decisions:
            enter(world, evidence, name, decision)
    return evidence


def enter(world: World, evidence: Evidence, path: str, decision: Decision) -> None:
    """Enter one decision, for each statement that it took."""
    own = decision.policy == "identity"
    holder = holder_of(world, decision.role if own else name_of(decision.resource))
    taken = [(holder, decision.sid or TRUST)]
    if decision.own:
        taken.append((holder_of(world, decision.role), decision.own))
    for key in taken:
        statement = BY_SID.get(key)
        if statement is None:
            if own and holder:
                evidence.unknown.append(decision)
            continue
        evidence.called.setdefault(key, set()).add(decision.resource)
        for grant in used(world, statement, decision):
            paths = evidence.used.setdefault(grant, [])
            if path not in paths:
                paths.append(path)


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
            taken = grant.value == decision.action
        elif grant.part == "Resource":
            document = world.policies.read(statement.holder, statement.sid)
            (live,) = (each for each in document["Statement"] if each["Sid"] == statement.sid)
            pattern = listed(live["Resource"])[statement.resources.index(grant.value)]
            taken = fnmatchcase(decision.resource, pattern)
        else:
            taken = str(decision.context.get(grant.part.lower(), "")).startswith(grant.value + ".")
        if taken:
            yield grant
