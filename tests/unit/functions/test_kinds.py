"""What becomes of each kind of message is what the table in docs/processors.md says."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .conftest import EVENTS, World, recorded
from .test_events import KEY, event

PAGE = Path(__file__).resolve().parents[3] / "docs" / "processors.md"
WORD = {"processed": "ProcessedFileSize", "skipped": "SkippedObjects", "parked": "ProcessingErrors"}
ARN = "arn:aws:sns:us-west-2:123456789012:uploads"
CLOUDTRAIL = "AWS API Call via CloudTrail"
# Amazon S3 User Guide, "Invoke AWS Lambda function".
TASK = {"taskId": "t", "s3Key": KEY, "s3VersionId": "1", "s3BucketArn": "arn:aws:s3:::b"}
OTHERS: dict[str, tuple[Any, str]] = {
    "a folder marker": (json.loads(recorded("folder-marker")), "folder marker skipped"),
    "S3's test message": (json.loads(recorded("s3-test")), "s3:TestEvent skipped"),
    "an EventBridge event of another service": (
        {"detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2"},
        "not an S3 upload event: EC2 Instance State-change Notification from aws.ec2",
    ),
    "an EventBridge event from CloudTrail": (
        {"detail-type": CLOUDTRAIL, "source": "aws.s3", "detail": {"eventName": "PutObject"}},
        f"not an S3 upload event: {CLOUDTRAIL} from aws.s3: PutObject",
    ),
    "a record of another service": (
        {"Records": [{"eventSource": "aws:dynamodb", "eventName": "INSERT"}]},
        "not an S3 upload event: INSERT from aws:dynamodb",
    ),
    "a task of S3 Batch Operations": (
        {"invocationSchemaVersion": "1.0", "job": {"id": "j"}, "tasks": [TASK]},
        "not an S3 event: a task of S3 Batch Operations",
    ),
    "a confirmation of SNS": (
        {"Type": "SubscriptionConfirmation", "TopicArn": ARN, "SubscribeURL": "https://"},
        f"not an S3 event: SubscriptionConfirmation from {ARN}",
    ),
    "anything else": ({"hello": "world", "n": 1}, "not an S3 event: JSON with hello, n"),
}


def rows() -> dict[str, str]:
    """Return what comes, in the table's first column, and the first word of the second."""
    table = PAGE.read_text(encoding="utf-8").split("\n## Events\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (?!message |---)(.+?) \| (\w+)", table, flags=re.M)
    assert cells
    return dict(cells)


# The names of the table, some with a star at the end, and what it says about them.
NAMES = {name: word for cell, word in rows().items() for name in re.findall(r"`(.+?)`", cell)}
EVENT: Any = botocore.session.get_session().get_service_model("s3").shape_for("Event")
NOTIFIED = [name.removeprefix("s3:") for name in EVENT.enum if not name.endswith("*")]


def notification(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(recorded("put"))
    content["Records"][0]["eventName"] = name
    return content


def through_eventbridge(name: str) -> dict[str, Any]:
    """Return an event, with the fields that the guide's examples have."""
    content = event() | {"detail-type": name}
    if name != "Object Created":
        del content["detail"]["object"]["sequencer"], content["detail"]["object"]["size"]
        if name == "Object Restore Completed":
            content["detail"]["object"]["size"] = 5
    return content


def wrapped(text: str) -> str:
    envelope: dict[str, str] = json.loads((EVENTS / "sns-notification.json").read_text())
    return json.dumps(envelope | {"Message": text})


def outcome(world: World, body: str) -> str:
    """Return the word for what becomes of a message, which is never delivered again."""
    assert world.handle(body) == []
    (word,) = (word for word, metric in WORD.items() if world.metrics()[metric])
    assert (word == "parked") == bool(world.sqs.parked)
    assert (word == "processed") == bool(world.dynamodb.rows)
    for parked in world.sqs.parked:
        assert parked["MessageBody"] == body
    return word


@pytest.mark.parametrize("sns", [False, True])
@pytest.mark.parametrize("name", NOTIFIED)
def test_each_notification_of_s3_is_in_the_table(world: World, name: str, sns: bool) -> None:
    """And whatever S3 can be asked to notify of, as botocore has it."""
    (word,) = (word for pattern, word in NAMES.items() if fnmatch(name, pattern))
    body = json.dumps(notification(name))
    assert outcome(world, wrapped(body) if sns else body) == word
    if word == "skipped":
        line = world.logged(f"{name} skipped")
        assert (line["level"], line["key"]) == ("INFO", KEY)


@pytest.mark.parametrize("sns", [False, True])
@pytest.mark.parametrize("name", [name for name in NAMES if " " in name])
def test_each_event_of_eventbridge(world: World, name: str, sns: bool) -> None:
    """Amazon S3 User Guide, "Using EventBridge"."""
    body = json.dumps(through_eventbridge(name))
    assert outcome(world, wrapped(body) if sns else body) == NAMES[name]
    if NAMES[name] == "skipped":
        assert world.logged(f"{name} skipped")["key"] == KEY


@pytest.mark.parametrize("label", [cell for cell in rows() if "`" not in cell])
def test_each_other_message(world: World, label: str) -> None:
    message, words = OTHERS[label]
    assert outcome(world, json.dumps(message)) == rows()[label]
    lines = [line.get("error", "") + line.get("message", "") for line in world.lines]
    assert any(words in line for line in lines), lines


@pytest.mark.parametrize("text", ["Hello world!", "[" * 100_000])
def test_a_text_of_sns_is_parked_as_such(world: World, text: str) -> None:
    assert outcome(world, wrapped(text)) == "parked"
    assert "an SNS message is not JSON" in world.logged("cannot be processed")["error"]


def test_a_restored_file_changes_nothing_that_the_ledger_has(world: World) -> None:
    """Such events have no sequencer ("only used with PUTs and DELETEs"), so no place in order."""
    restored = json.dumps(through_eventbridge("Object Restore Completed"))
    assert world.handle(restored, restored) == []
    assert world.metrics()["DuplicateEvents"] == 1
    assert world.handle(recorded("put"), restored) == []
    assert world.dynamodb.rows[KEY]["sequencer"]["S"].startswith("0055AED6DCD90281E5")
    assert world.handle(restored) == []
    assert world.dynamodb.rows[KEY]["sequencer"]["S"].startswith("0055AED6DCD90281E5")


names = st.sampled_from(
    [
        *("Type", "Message", "TopicArn", "Event", "Records", "detail-type", "source", "detail"),
        *("object", "bucket", "name", "key", "s3", "eventName", "eventSource", "tasks", "job"),
    ]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(names, values, max_size=3),
)


@given(st.dictionaries(names, json_values | st.sampled_from(["Notification", "aws.s3"])))
def test_whatever_comes_is_a_list_of_events_or_a_reason(index: Any, message: Any) -> None:
    try:
        for record in index.upload_records(json.dumps(message)):
            index.uploaded_file(record)
    except (index.PermanentError, index.SkippedError) as error:
        assert "Traceback" not in str(error)
        assert "\n" not in repr(error)
