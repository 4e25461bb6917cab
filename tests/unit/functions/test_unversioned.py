"""Files of a bucket without versions, which may be overwritten before they are read."""

import hashlib
import json
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import BUCKET, PASSWORD, FakeDynamoDB, FakeS3, World, error, recorded
from .test_events import event

KEY = "uploads/readings.txt"
LATER = "0055AED6DCD90281E6"


def etag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def bridged(**changes: Any) -> str:
    content = event(etag=etag(b"hello"), **changes)
    if not changes:
        del content["detail"]["object"]["version-id"]
    return json.dumps(content)


@pytest.mark.parametrize(
    "body",
    [
        *(recorded("put", versionId=version) for version in (None, "null", "")),
        recorded("put").replace('"versionId"', '"another"'),
        *(bridged(), bridged(**{"version-id": "null"})),
    ],
)
def test_the_etag_says_which_content_is_read(world: World, body: str) -> None:
    """Amazon S3 User Guide, "Event message structure": "otherwise null", in either reading."""
    assert world.handle(body) == []
    assert world.s3.requests == [
        {"Bucket": BUCKET, "Key": KEY, "IfMatch": '"5d41402abc4b2a76b9719d911017c592"'}
    ]
    assert world.dynamodb.rows[KEY]["version_id"] == {"S": "null"}


@pytest.mark.parametrize(
    "failure", [None, error("PreconditionFailed", "GetObject"), error("412", "GetObject")]
)
def test_what_was_overwritten_is_superseded(world: World, failure: Exception | None) -> None:
    world.s3.objects[KEY] = b"HELLO"
    world.s3.failure = failure
    assert world.handle(recorded("put", versionId=None)) == []
    assert world.metrics() == {"SupersededEvents": 1}
    assert world.logged("superseded")["level"] == "INFO"
    assert not world.dynamodb.rows
    assert not world.sqs.parked


def test_what_was_deleted_is_gone(world: World) -> None:
    world.s3.failure = error("NoSuchKey", "GetObject")
    assert world.handle(recorded("put", versionId=None)) == []
    (parked,) = world.sqs.parked
    assert "is gone" in parked["MessageAttributes"]["Reason"]["StringValue"]


def test_equal_content_is_read_by_either_event(world: World) -> None:
    again = recorded("put", versionId=None, sequencer=LATER)
    assert world.handle(recorded("put", versionId=None)) == []
    assert world.handle(again) == []
    assert world.dynamodb.rows[KEY]["sequencer"]["S"].startswith(LATER)
    assert world.metrics() == {"ProcessedFileSize": 10}


writes = st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=5)


@settings(max_examples=200, deadline=None)
@given(writes, st.data())
def test_the_last_content_wins_and_no_entry_is_of_another(
    index: ModuleType, contents: list[bytes], data: st.DataObject
) -> None:
    """Whenever events come, how often, and in which order: after a write, until the next, later."""
    s3, dynamodb = FakeS3(), FakeDynamoDB()
    runtime: Any = SimpleNamespace(
        environ={"BUCKET_NAME": BUCKET, "LEDGER_TABLE": "t", "PROCESSOR_NAME": "p"},
        s3=s3,
        dynamodb=dynamodb,
        processor=index.sign_receipt,
        secret=SimpleNamespace(
            get=lambda: index.Secret(version_id="1", values={"password": PASSWORD})
        ),
    )
    batch = index.Batch(runtime, index.Metrics({}), lambda: 60_000)

    def deliver(number: int) -> None:
        content = contents[number]
        body = recorded(
            "put", versionId=None, size=1, eTag=etag(content), sequencer=f"{number + 1:016X}"
        )
        assert batch.settle("m", body), "it is neither processed nor superseded"
        row = dynamodb.rows.get(KEY)
        if row:
            (entered,) = {each for each in contents if etag(each) == row["etag"]["S"]}
            digest = hashlib.sha256(entered).hexdigest()
            assert row["receipt"]["M"]["sha256"]["S"] == digest

    for number, content in enumerate(contents):
        s3.objects[KEY] = content
        for early in data.draw(st.lists(st.integers(0, number), max_size=2)):
            deliver(early)
    for late in data.draw(st.permutations(range(len(contents)))):
        deliver(late)
    assert dynamodb.rows[KEY]["etag"]["S"] == etag(contents[-1])
    assert dynamodb.rows[KEY]["version_id"] == {"S": "null"}
