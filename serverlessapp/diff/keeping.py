"""Findings about the data of resources that stay: how long it is kept, and what protects it."""

from collections.abc import Iterator, Mapping
from math import inf

from serverlessapp.diff import data, dynamodb
from serverlessapp.diff.differences import PropertyChange, differences
from serverlessapp.diff.model import Bump, Finding, Risk
from serverlessapp.diff.statements import text
from serverlessapp.diff.words import concerns_keeping, is_harmless, vocabulary, words
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import ABSENT, is_scalar, scalar

# Where less time deletes what is older at once, and the time of a resource that says none, in the
# property's unit. CloudWatch Logs API Reference, "PutRetentionPolicy"; Kinesis Data Streams API
# Reference, "DecreaseStreamRetentionPeriod"; Amazon SQS API Reference, "SetQueueAttributes";
# Timestream Developer Guide, "Data retention".
EXPIRING = {
    ("AWS::Kinesis::Stream", "RetentionPeriodHours"): 24,
    ("AWS::Logs::LogGroup", "RetentionInDays"): inf,
    ("AWS::SQS::Queue", "MessageRetentionPeriod"): 4 * 24 * 3600,
    ("AWS::Timestream::Table", "MagneticStoreRetentionPeriodInDays"): 73_000,
    ("AWS::Timestream::Table", "MemoryStoreRetentionPeriodInHours"): 6,
}
# Services that are about backups and nothing else.
SERVICES = ("AWS::Backup::", "AWS::DLM::")
# Of which a larger number keeps more, and which protect while they are on.
AMOUNTS = vocabulary("day expiration hour limit period retain retention")
SWITCHES = vocabulary("locked protect protected protection recovery versioning")
ON = frozenset(("active", "enabled", "true"))


def findings(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what changes about keeping the data of each resource that stays."""
    for title, now in new.items():
        was = old.get(title)
        if was and was.type == now.type:
            yield from of_policies(was, now)
            yield from of_properties(was, now)
            yield from dynamodb.findings(was, now)


def of_policies(was: Resource, now: Resource) -> Iterator[Finding]:
    """Yield what becomes less of a resource when it goes some time later."""
    held = data.STATEFUL.get(now.type)
    for name, event in data.POLICIES.items():
        for change in differences(data.policy(was, name), data.policy(now, name), (name,)):
            if data.is_weaker(change.old, change.new):
                what = f"what becomes of {held or 'it'} when it is {event} later"
                risk, bump = (Risk.DATA, Bump.MAJOR) if held else (Risk.REVIEW, Bump.MINOR)
                yield Finding(risk, bump, now.title, "less protected", f"{change}: {what}")


def of_properties(was: Resource, now: Resource) -> Iterator[Finding]:
    """Yield what a property makes of the present data, or of its protection."""
    renewed = set()
    for change in differences(was.properties, now.properties):
        name = change.names[0] if change.names else ""
        if name in data.NEW_VALUE.get(now.type, ()):
            renewed.add(name)
        elif (shorter := is_shorter(now.type, change)) is not None:
            what = f"{change}: what is older is deleted"
            if shorter:
                yield Finding(Risk.DATA, Bump.MAJOR, now.title, "kept shorter", what)
        elif is_about_keeping(now.type, change) and not is_stronger(change):
            what = "it decides how long data is kept, or how well"
            yield Finding(
                Risk.REVIEW, Bump.MINOR, now.title, "kept differently", f"{change}: {what}"
            )
    for name in sorted(renewed):
        what = f"{name}: CloudFormation makes a new value in place of the present one"
        yield Finding(Risk.DATA, Bump.MAJOR, now.title, "new value", what)


def is_shorter(resource_type: str, change: PropertyChange) -> bool | None:
    """Tell whether what is older may be deleted; None if the change is not about such a time."""
    usual = EXPIRING.get((resource_type, change.names[-1] if change.names else ""))
    if usual is None:
        return None
    values = (usual if value is ABSENT else number(value) for value in (change.old, change.new))
    before, after = values
    return before is None or after is None or after < before


def is_about_keeping(resource_type: str, change: PropertyChange) -> bool:
    """Tell whether a change may concern how well data is kept."""
    if is_harmless(change.names):
        return False
    return resource_type.startswith(SERVICES) or any(map(concerns_keeping, change.names))


def is_stronger(change: PropertyChange) -> bool:
    """Tell whether data is certainly kept as well as before."""
    mentioned = words(change.names[-1]) if change.names else frozenset()
    before, after = number(change.old), number(change.new)
    if before is not None and after is not None and mentioned & AMOUNTS:
        return after >= before
    all_mentioned = {word for name in change.names for word in words(name)}
    return bool(all_mentioned & SWITCHES) and text(change.new).lower() in ON


def number(value: object) -> float | None:
    """Return a number, however it is written; None if it is no number, or not known."""
    try:
        return float(scalar(value)) if is_scalar(value) else None
    except ValueError:
        return None
