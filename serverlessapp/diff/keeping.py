"""Findings about the data of resources that stay: how long it is kept, and what protects it."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any

from serverlessapp.diff import data
from serverlessapp.diff.differences import Changed, PropertyChange, differences
from serverlessapp.diff.model import Finding, breaking, dangerous, doubtful
from serverlessapp.diff.openness import OFF
from serverlessapp.diff.statements import text
from serverlessapp.diff.words import KEEPING, is_about, is_harmless, vocabulary, words
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.policies import listed
from serverlessapp.template.values import ABSENT, Guards, canonical, number, same

# Where less time deletes what is older at once, and the time of a resource that says none, in the
# property's unit. CloudWatch Logs API Reference, "PutRetentionPolicy"; Kinesis Data Streams API
# Reference, "DecreaseStreamRetentionPeriod"; Amazon SQS API Reference, "SetQueueAttributes";
# Timestream Developer Guide, "Data retention"; EventBridge API Reference, "CreateArchive".
EXPIRING = {
    ("AWS::Events::Archive", "RetentionDays"): inf,  # as 0
    ("AWS::Kinesis::Stream", "RetentionPeriodHours"): 24,
    ("AWS::Logs::LogGroup", "RetentionInDays"): inf,
    ("AWS::SQS::Queue", "MessageRetentionPeriod"): 4 * 24 * 3600,
    ("AWS::Timestream::Table", "MagneticStoreRetentionPeriodInDays"): 73_000,
    ("AWS::Timestream::Table", "MemoryStoreRetentionPeriodInHours"): 6,
}
# Services that are about backups, or what was deleted, and nothing else.
SERVICES = ("AWS::Backup::", "AWS::DLM::", "AWS::Rbin::")
# Of which a larger number keeps more, and which protect while they are on.
AMOUNTS = vocabulary("day expiration hour limit period retain retention")
SWITCHES = vocabulary("locked protect protected protection recovery versioning")
ON = frozenset(("active", "enabled", "immutable", "true"))
# Properties that protect, or destroy, while they are on, and whose words do not tell.
PROTECTORS = vocabulary(
    "BackupPolicy BackupRetention DisableApiTermination ImageTagMutability MultiAZ MultiAZEnabled"
)
DESTROYERS = vocabulary("DeleteAutomatedBackups DeleteOnTermination TimeToLiveSpecification")
TABLES = ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table")
# Of an attribute, what makes the table another one: "Replacement if you edit an existing
# AttributeDefinition" (the same page).
EDITED = ("AttributeDefinitions", "AttributeType")
GLOBAL, LOCAL = "GlobalSecondaryIndexes", "LocalSecondaryIndexes"
# Of a global index, what makes it another one: "Updates are not supported" for anything but
# throughput and insights (CloudFormation Template Reference, "AWS::DynamoDB::Table").
SHAPE = ("KeySchema", "Projection")


def findings(
    old: Mapping[str, Resource], new: Mapping[str, Resource], changed: Changed
) -> Iterator[Finding]:
    """Yield what changes about keeping the data of each resource that stays."""
    for title, changes in changed.items():
        yield from of_policies(old[title], new[title])
        yield from of_properties(new[title], changes)
        yield from of_indexes(old[title], new[title])


def of_policies(was: Resource, now: Resource) -> Iterator[Finding]:
    """Yield what becomes less of a resource when it goes some time later."""
    held = data.STATEFUL.get(now.type)
    for name, event in data.POLICIES.items():
        for change in differences(data.policy(was, name), data.policy(now, name), (name,)):
            if data.is_weaker(change.old, change.new):
                what = f"what becomes of {held or 'it'} when it is {event} later"
                finding = dangerous if held else doubtful
                yield finding(now.title, "less protected", f"{change}: {what}")


def of_properties(now: Resource, changes: Iterable[PropertyChange]) -> Iterator[Finding]:
    """Yield what a property makes of the present data, or of its protection."""
    renewed = set()
    for change in changes:
        name = change.names[0] if change.names else ""
        if name in data.NEW_VALUE.get(now.type, ()):
            renewed.add(name)
        elif (
            now.type in TABLES and change.names == EDITED and ABSENT not in (change.old, change.new)
        ):
            yield dangerous(now.title, "may be replaced", f"{change}: the new table is empty")
        elif (shorter := is_shorter(now.type, change)) is not None:
            what = f"{change}: what is older is deleted"
            if shorter:
                yield dangerous(now.title, "kept shorter", what)
        elif now.type in data.STATEFUL and name.endswith("Version") and "Object" not in name:
            # Amazon RDS User Guide, "Upgrading a DB instance engine version": no way back.
            yield doubtful(now.title, "upgraded", f"{change}: cannot be undone")
        elif is_about_keeping(now.type, change) and not is_stronger(change):
            what = "affects how long data is kept, or how it is protected"
            yield doubtful(now.title, "kept differently", f"{change}: {what}")
    for name in sorted(renewed):
        what = f"{name}: CloudFormation generates a new value and replaces the current one"
        yield dangerous(now.title, "new value", what)


def is_shorter(resource_type: str, change: PropertyChange) -> bool | None:
    """Tell whether what is older may be deleted; None if the change is not about such a time."""
    usual = EXPIRING.get((resource_type, change.name))
    if usual is None:
        return None
    before, after = (
        usual if value is ABSENT or text(value) == "0" else number(value)
        for value in (change.old, change.new)
    )
    return before is None or after is None or after < before


def is_about_keeping(resource_type: str, change: PropertyChange) -> bool:
    """Tell whether a change may concern how well data is kept."""
    if is_harmless(resource_type, change.names):
        return False
    return resource_type.startswith(SERVICES) or any(
        is_about(KEEPING, name) for name in change.names
    )


def is_stronger(change: PropertyChange) -> bool:
    """Tell whether data is certainly kept as well as before."""
    before, after = number(change.old), number(change.new)
    if before is not None and after is not None and words(change.name) & AMOUNTS:
        return after >= before
    all_mentioned = {word for name in change.names for word in words(name)}
    value = text(change.new).lower()
    if DESTROYERS.intersection(change.names):
        return value in OFF
    is_switch = bool(all_mentioned & SWITCHES or PROTECTORS.intersection(change.names))
    return is_switch and value in ON


def of_indexes(was: Resource, now: Resource) -> Iterator[Finding]:
    """Yield what DynamoDB makes of changed indexes.

    Source: CloudFormation Template Reference, "AWS::DynamoDB::Table": one global index can be
    added or deleted in an update; another list of local ones needs a new table, because these are
    made with it (DynamoDB Developer Guide, "Local Secondary Indexes").
    """
    if now.type not in TABLES:
        return
    tables = (was.properties, now.properties)
    old, new = map(indexes, tables)
    created, deleted = new.keys() - old.keys(), old.keys() - new.keys()
    reshaped = [name for name in old.keys() & new.keys() if old[name] != new[name]]
    names = ", ".join(sorted(name for name, _ in (*created, *deleted, *reshaped)))
    if len(created) + len(deleted) > 1 or reshaped:
        what = "DynamoDB adds or removes only one index in an update, and cannot change one"
        yield breaking(now.title, "refused", f"{GLOBAL} {names}: {what}")
    elif deleted:
        yield doubtful(now.title, "index removed", f"{GLOBAL} {names}")
    if not same(*(table.get(LOCAL, []) for table in tables)):
        what = "created only with the table: the update is refused, or creates an empty table"
        yield dangerous(now.title, "may be replaced", f"{LOCAL}: {what}")


def indexes(table: Any) -> dict[tuple[str, Guards], str]:
    """Return the shapes of the global indexes, by name and when they are there."""
    shapes = {}
    for item, guards in listed(table.get(GLOBAL, [])):
        known = item if isinstance(item, dict) else {"IndexName": item}
        shape = canonical({key: known[key] for key in SHAPE if key in known})
        shapes[text(known.get("IndexName", "")), guards] = shape
    return shapes
