"""Findings about the indexes of DynamoDB's tables: updates that AWS refuses."""

from collections.abc import Iterator
from typing import Any

from serverlessapp.diff.model import Bump, Finding, Risk, breaking
from serverlessapp.diff.statements import text
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.policies import listed
from serverlessapp.template.values import Guards, canonical, same

TABLES = ("AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table")
GLOBAL, LOCAL = "GlobalSecondaryIndexes", "LocalSecondaryIndexes"
# Of a global index, what makes it another one: "Updates are not supported" for anything but
# throughput and insights (CloudFormation Template Reference, "AWS::DynamoDB::Table").
SHAPE = ("KeySchema", "Projection")

Index = tuple[str, Guards]  # its name, and when it is there


def findings(was: Resource, now: Resource) -> Iterator[Finding]:
    """Yield what DynamoDB makes of changed indexes.

    Source: CloudFormation Template Reference, "AWS::DynamoDB::Table": one global index can be
    added or deleted in an update; another list of local ones needs a new table, because these are
    made with it (DynamoDB Developer Guide, "Local Secondary Indexes").
    """
    tables = [item.properties for item in (was, now)]
    if now.type not in TABLES or not all(isinstance(table, dict) for table in tables):
        return
    old, new = map(indexes, tables)
    created, deleted = new.keys() - old.keys(), old.keys() - new.keys()
    reshaped = [name for name in old.keys() & new.keys() if old[name] != new[name]]
    names = ", ".join(sorted(name for name, _ in (*created, *deleted, *reshaped)))
    if len(created) + len(deleted) > 1 or reshaped:
        what = "DynamoDB takes one index more or less in an update, and does not change any"
        yield breaking(now.title, "refused", f"{GLOBAL} {names}: {what}")
    elif deleted:
        yield Finding(Risk.REVIEW, Bump.MINOR, now.title, "index removed", f"{GLOBAL} {names}")
    if not same(*(table.get(LOCAL, []) for table in tables)):
        what = "they are made with the table: the update is refused, or makes an empty table"
        yield Finding(Risk.DATA, Bump.MAJOR, now.title, "may be replaced", f"{LOCAL}: {what}")


def indexes(table: Any) -> dict[Index, str]:
    """Return the shapes of the global indexes."""
    shapes = {}
    for item, guards in listed(table.get(GLOBAL, [])):
        known = item if isinstance(item, dict) else {"IndexName": item}
        shape = canonical({key: known[key] for key in SHAPE if key in known})
        shapes[text(known.get("IndexName", "")), guards] = shape
    return shapes
