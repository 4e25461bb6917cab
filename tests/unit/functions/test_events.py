"""Events of S3 that EventBridge brings; those of S3 itself are in test_file_processor.py.

Source: Amazon S3 User Guide, "EventBridge event message structure".
"""

import json
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .conftest import BUCKET, EVENTS, World, recorded

KEY = "uploads/readings.txt"
# "Event message detail field": how an object was created.
REASONS = ("PutObject", "POST Object", "CopyObject", "CompleteMultipartUpload")


def event(**changes: Any) -> dict[str, Any]:
    """Return the guide's example about a file of this bucket, its object changed."""
    content: dict[str, Any] = json.loads((EVENTS / "eventbridge-object-created.json").read_text())
    content["detail"]["bucket"]["name"] = BUCKET
    content["detail"]["object"] |= {"key": KEY} | changes
    return content


def test_each_field_of_the_file(index: ModuleType) -> None:
    assert index.uploaded_file(event()) == index.File(
        bucket=BUCKET,
        key=KEY,
        version_id="IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
        size=5,
        etag="b1946ac92492d2347c6235b4d2611184",
        sequencer="617F08299329D189",
        event_time="2021-11-12T00:00:00.000Z",
    )


@pytest.mark.parametrize("reason", REASONS)
def test_is_processed_whatever_created_the_object(world: World, reason: str) -> None:
    content = event()
    content["detail"]["reason"] = reason
    assert world.handle(json.dumps(content)) == []
    assert world.dynamodb.rows[KEY]["version_id"] == {"S": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"}


@pytest.mark.parametrize("key", ["uploads/a+b %2B 100%.txt", "uploads/größer.txt", "uploads/\x07"])
def test_the_key_is_not_encoded(world: World, key: str) -> None:
    world.s3.objects[key] = b"hello"
    assert world.handle(json.dumps(event(key=key))) == []
    assert world.dynamodb.rows[key]["object_key"] == {"S": key}


def test_the_order_is_that_of_the_sequencers_in_either_form(world: World) -> None:
    assert world.handle(json.dumps(event(sequencer="0055aed6dcd90281e6"))) == []
    assert world.handle(recorded("put", sequencer="0055AED6DCD90281E5")) == []
    assert world.metrics()["SupersededEvents"] == 1


def test_a_folder_marker_is_skipped(world: World) -> None:
    assert world.handle(json.dumps(event(key="uploads/folder/", size=0))) == []
    assert world.metrics() == {"SkippedObjects": 1}


moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1))


@given(moments, moments, st.sampled_from(["seconds", "milliseconds"]))
def test_times_sort_as_texts(
    index: ModuleType, first: datetime, second: datetime, precision: str
) -> None:
    """Whether an event has milliseconds or not, and beside those of S3's own events."""
    bridged = first.isoformat(timespec=precision) + "Z"
    own = second.isoformat(timespec="milliseconds") + "Z"
    time = index.uploaded_file(event() | {"time": bridged}).event_time
    assert len(time) == len(own)
    assert (time < own) == (datetime.fromisoformat(bridged) < datetime.fromisoformat(own))


@pytest.mark.parametrize(
    ("kind", "source", "words"),
    [
        ("Async Copy Completion", "aws.s3", "Async Copy Completion from aws.s3"),
        ("Object Created", "com.example", "Object Created from com.example"),
        ("Scheduled Event", "aws.events", "Scheduled Event from aws.events"),
    ],
)
def test_another_event_is_parked_with_what_it_is(
    world: World, kind: str, source: str, words: str
) -> None:
    body = json.dumps(event() | {"detail-type": kind, "source": source})
    assert world.handle(body) == []
    (parked,) = world.sqs.parked
    assert parked["MessageBody"] == body
    assert words in parked["MessageAttributes"]["Reason"]["StringValue"]
    assert not world.s3.requests


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    """Return a function that takes a field out of an event."""

    def change(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content[name]
        del content[path[-1]]

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        *[
            (without("detail", "object", name), f"KeyError('{name}')")
            for name in ("key", "size", "etag", "sequencer")
        ],
        (without("detail", "bucket", "name"), "KeyError('name')"),
        *[(without(name), f"KeyError('{name}')") for name in ("time", "detail")],
        (without("source"), "not an S3 upload event: JSON with version, id, detail-type, account"),
        (lambda content: content["detail"]["object"].update(etag=""), "no ETag"),
        (lambda content: content.update(time="yesterday"), "yesterday"),
        (lambda content: content.update(detail=5), "not an S3 upload event"),
        (lambda content: content["detail"]["object"].update(key=5), "not an S3 upload event"),
        (lambda content: content["detail"]["object"].update(key="\ud800"), "not an S3 upload"),
        *(
            (
                lambda content, s=s: content["detail"]["object"].update(sequencer=s),
                "not an S3 upload",
            )
            for s in ("x", "", "-1", "1_0", " 1", "F" * 65, "\N{ARABIC-INDIC DIGIT ONE}")
        ),
        (lambda content: content["detail"]["bucket"].update(name="other"), "another bucket: other"),
    ],
)
def test_a_malformed_event_is_parked_with_the_reason(
    world: World, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    content = event()
    change(content)
    assert world.handle(json.dumps(content)) == []
    (parked,) = world.sqs.parked
    assert words in parked["MessageAttributes"]["Reason"]["StringValue"]


@pytest.mark.parametrize(
    "field",
    [
        *({"version-id": 5}, {"version-id": ["v"]}, {"version-id": "\ud800"}),
        *({"etag": 5}, {"etag": {}}, {"etag": "\udcff"}, {"key": ""}, {"size": -5}),
    ],
)
def test_a_field_that_aws_would_refuse_is_parked(world: World, field: dict[str, Any]) -> None:
    assert world.handle(json.dumps(event(**field))) == []
    (parked,) = world.sqs.parked
    assert "not an S3 upload" in parked["MessageAttributes"]["Reason"]["StringValue"]
    assert not world.dynamodb.rows


@pytest.mark.parametrize("moment", [None, 5, "", "yesterday", "\ud800"])
def test_a_time_that_is_none_is_parked_in_either_form(world: World, moment: object) -> None:
    """It would sort after every time of S3, and reconcile compares them."""
    content = json.loads(recorded("put"))
    content["Records"][0]["eventTime"] = moment
    assert world.handle(json.dumps(content), json.dumps(event() | {"time": moment})) == []
    assert len(world.sqs.parked) == 2
    assert not world.dynamodb.rows
