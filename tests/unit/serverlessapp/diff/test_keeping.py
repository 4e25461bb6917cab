"""Data of resources that stay: how long it is kept, what protects it, and indexes."""

import itertools
from typing import Any

import pytest

from serverlessapp.diff.data import STATEFUL
from serverlessapp.diff.model import Bump, Finding, Risk
from serverlessapp.template import schemas

from .comparing import compare

Json = dict[str, Any]
TABLE, LOGS, QUEUE = "AWS::DynamoDB::Table", "AWS::Logs::LogGroup", "AWS::SQS::Queue"
OTHER = {"Other": {"Type": "AWS::SNS::Topic"}}


def findings(kind: str, old: Json | None, new: Json | None, **attributes: Any) -> set[Finding]:
    """Compare a resource with other properties, or with other attributes: (old, new)."""

    def template(index: int, properties: Json | None) -> Json:
        written = {key: values[index] for key, values in attributes.items()}
        resource = {"Type": kind, "Properties": properties, **written}
        return {
            "Parameters": {"P": {"Type": "String"}},
            "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
            "Resources": {**OTHER, **({} if properties is None else {"X": resource})},
        }

    return set(compare(template(0, old), template(1, new)).findings)


def risks(kind: str, old: Json | None, new: Json | None, **attributes: Any) -> dict[str, Risk]:
    return {item.kind: item.risk for item in findings(kind, old, new, **attributes)}


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        (LOGS, {"RetentionInDays": 30}, {"RetentionInDays": 7}, {"kept shorter": Risk.DATA}),
        (LOGS, {}, {"RetentionInDays": 7}, {"kept shorter": Risk.DATA}),
        (LOGS, {"RetentionInDays": 7}, {"RetentionInDays": "30"}, {}),
        (LOGS, {"RetentionInDays": 7}, {}, {}),
        (
            LOGS,
            {"RetentionInDays": 7},
            {"RetentionInDays": {"Ref": "P"}},
            {"kept shorter": Risk.DATA},
        ),
        (QUEUE, {}, {"MessageRetentionPeriod": 60}, {"kept shorter": Risk.DATA}),
        (QUEUE, {"MessageRetentionPeriod": 60}, {}, {}),
        (TABLE, {"DeletionProtectionEnabled": True}, {}, {"kept differently": Risk.REVIEW}),
        (TABLE, {}, {"DeletionProtectionEnabled": "true"}, {}),
    ],
)
def test_time_and_protection(kind: str, old: Json, new: Json, expected: dict[str, Risk]) -> None:
    found = risks(kind, old, new)
    assert {name: risk for name, risk in found.items() if name.startswith("kept")} == expected


RETAIN, DELETE = "Retain", "Delete"


@pytest.mark.parametrize(
    ("old", "new", "is_weaker"),
    [
        (RETAIN, DELETE, True),
        (DELETE, RETAIN, False),
        (RETAIN, "Snapshot", True),
        ({"Ref": "P"}, {"Ref": "P"}, False),
        ({"Ref": "P"}, DELETE, True),
        (RETAIN, {"Ref": "P"}, True),
        (DELETE, {"Ref": "P"}, False),
        (RETAIN, {"Fn::If": ["C", RETAIN, DELETE]}, True),
        ({"Fn::If": ["C", RETAIN, DELETE]}, {"Fn::If": ["C", RETAIN, DELETE]}, False),
        ({"Fn::If": ["C", DELETE, RETAIN]}, RETAIN, False),
    ],
)
def test_policies(old: Any, new: Any, is_weaker: bool) -> None:
    found = risks(TABLE, {}, {}, DeletionPolicy=(old, new))
    assert ("less protected" in found) == is_weaker
    assert not is_weaker or found["less protected"] is Risk.DATA


def test_a_policy_counts_for_every_type() -> None:
    found = risks("AWS::SNS::Topic", {}, {}, DeletionPolicy=(RETAIN, DELETE))
    assert found["less protected"] is Risk.REVIEW, "it has no data to lose"


@pytest.mark.parametrize(
    ("kind", "name", "usual"),
    [
        ("AWS::Kinesis::Stream", "RetentionPeriodHours", 24),
        ("AWS::SQS::Queue", "MessageRetentionPeriod", 345_600),
        ("AWS::Timestream::Table", "MagneticStoreRetentionPeriodInDays", 73_000),
        ("AWS::Timestream::Table", "MemoryStoreRetentionPeriodInHours", 6),
    ],
)
def test_what_says_no_time_keeps_for_the_usual_one(kind: str, name: str, usual: int) -> None:
    written, shorter = (
        {"RetentionProperties": {name: time}} if "Timestream" in kind else {name: time}
        for time in (usual, usual - 1)
    )
    for before, after in itertools.product(({}, written), repeat=2):
        assert "kept shorter" not in risks(kind, before, after)
    assert risks(kind, {}, shorter)["kept shorter"] is Risk.DATA


@pytest.mark.parametrize(
    ("kind", "properties", "words"),
    [
        ("AWS::RDS::DBCluster", {}, "snapshot"),
        ("AWS::RDS::DBInstance", {}, "snapshot"),
        ("AWS::RDS::DBInstance", {"DBClusterIdentifier": "a"}, "is deleted"),
        ("AWS::Neptune::DBCluster", {}, "is deleted"),
    ],
)
def test_the_default_is_a_snapshot_for_some(kind: str, properties: Json, words: str) -> None:
    (finding,) = findings(kind, properties, None)
    assert (finding.risk, finding.kind, words in finding.text) == (Risk.DATA, "removed", True)


def index(name: str, key: str = "a") -> Json:
    return {"IndexName": name, "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}


@pytest.mark.parametrize("kind", [TABLE, "AWS::DynamoDB::GlobalTable"])
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["a"], ["a", "b"], {}),
        (["a", "b"], ["b", "a"], {}),
        (["a", "b"], ["a"], {"index removed": Risk.REVIEW}),
        (["a"], ["b"], {"refused": Risk.REVIEW}),
        ([], ["a", "b"], {"refused": Risk.REVIEW}),
        (["a", "b"], [], {"refused": Risk.REVIEW}),
    ],
)
def test_global_indexes(
    kind: str, old: list[str], new: list[str], expected: dict[str, Risk]
) -> None:
    before, after = ({"GlobalSecondaryIndexes": [*map(index, names)]} for names in (old, new))
    found = risks(kind, before, after)
    assert {name: found[name] for name in found.keys() & {"refused", "index removed"}} == expected


def test_an_index_with_another_key_is_refused() -> None:
    old, new = ({"GlobalSecondaryIndexes": [index("a", key)]} for key in "ab")
    assert risks(TABLE, old, new)["refused"] is Risk.REVIEW


@pytest.mark.parametrize("kind", [TABLE, "AWS::DynamoDB::GlobalTable"])
def test_an_attribute_of_another_type_needs_another_table(kind: str) -> None:
    """The page of the type: "Replacement if you edit an existing AttributeDefinition"."""

    def table(*definitions: str) -> Json:
        items = [{"AttributeName": text[0], "AttributeType": text[1]} for text in definitions]
        return {"AttributeDefinitions": items}

    assert risks(kind, table("aS", "bS"), table("aS", "bN"))["may be replaced"] is Risk.DATA
    assert not any(risks(kind, table("aS"), table("bN", "aS")).values())


def test_local_indexes_belong_to_the_table() -> None:
    (finding,) = (f for f in findings(TABLE, {}, {"LocalSecondaryIndexes": [index("a")]}) if f.risk)
    assert (finding.risk, finding.bump, finding.kind) == (Risk.DATA, Bump.MAJOR, "may be replaced")


def test_the_types_that_hold_data_exist() -> None:
    """A type that AWS has renamed, or that is misspelled, would hold nothing."""
    assert STATEFUL.keys() - schemas.digests(schemas.REGION).keys() == {
        "AWS::Serverless::SimpleTable"  # SAM's
    }


@pytest.mark.parametrize(
    "kind",
    [
        # CloudFormation Template Reference, "DeletionPolicy attribute", Snapshot.
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
    ],
)
def test_what_can_be_left_as_a_snapshot_holds_data(kind: str) -> None:
    assert kind in STATEFUL
