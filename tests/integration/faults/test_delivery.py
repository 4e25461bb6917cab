"""What SQS delivers: twice, out of order, not from S3, or one bad file among good ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.faults import actions

from ..conftest import wait_until
from .trial import Trial

EVENTS = Path(__file__).resolve().parents[2] / "events"


def test_poison_file(trial: Trial) -> None:
    """Poison file.

    Parked at its first receive with the reason, and its batch mates are processed.
    """
    with trial.stack.paused():
        trial.upload("poison", sha256="0" * 64)
        trial.upload("mate")
    assert "declared SHA-256 is 000" in trial.wait_for_reason()
    trial.wait_for_receipt("mate")
    assert trial.reads("poison") == 1
    assert not trial.writes("poison")


def test_partial_failure(trial: Trial) -> None:
    """Partial batch failure.

    Only the failed file is delivered again.
    """
    refused = actions.error(403, "AccessDenied", "not yet")
    trial.proxy.add("GetObject", refused, times=1, key=trial.key("3"))
    with trial.stack.paused():
        for number in range(6):
            trial.upload(str(number))
    for number in range(6):
        trial.wait_for_receipt(str(number))
    assert [trial.reads(str(number)) for number in range(6)] == [1, 1, 1, 2, 1, 1]
    assert "not yet" in trial.wait_for_log("SQS delivers it again", "3")["error"]


def test_duplicate_delivery(trial: Trial) -> None:
    """Duplicate delivery, in one batch and later.

    One entry; the others are logged as duplicates.
    """
    with trial.stack.paused():
        trial.upload("file")
        (body,) = trial.stack.take()
        trial.stack.send(body, body)
    wait_until("both deliveries", lambda: len(trial.writes("file")) == 2)
    trial.stack.wait_until_idle()
    trial.stack.send(body)
    wait_until("the third delivery", lambda: len(trial.writes("file")) == 3)
    assert sorted(trial.writes("file")) == [200, 400, 400]
    trial.wait_for_log("duplicate", "file")
    assert not trial.stack.parked()


def test_both_announcements(trial: Trial) -> None:
    """One upload through EventBridge, whose keys are not encoded, and as a notification.

    One entry, for the key as it is; the other is logged as a duplicate.
    """
    name = "100%25 a+b ü.txt"
    with trial.stack.paused():
        version = trial.upload(name)
        (body,) = trial.stack.take()
        trial.stack.send(through_eventbridge(body, trial.key(name)), body)
    trial.wait_for_receipt(name, version)
    wait_until("both deliveries", lambda: len(trial.writes(name)) == 2)
    assert sorted(trial.writes(name)) == [200, 400]
    trial.wait_for_log("duplicate", name)
    assert not trial.stack.parked()


def through_eventbridge(body: str, key: str) -> str:
    """Return what EventBridge says about an upload of which a notification tells."""
    event = json.loads((EVENTS / "eventbridge-object-created.json").read_text())
    told = json.loads(body)["Records"][0]["s3"]
    event["detail"]["bucket"] = {"name": told["bucket"]["name"]}
    event["detail"]["object"] = {
        "key": key,
        "size": told["object"]["size"],
        "etag": told["object"]["eTag"],
        "version-id": told["object"]["versionId"],
        "sequencer": told["object"]["sequencer"],
    }
    return json.dumps(event)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"source": "aws.ec2"}, id="of another service"),
        pytest.param({"detail": {"bucket": {"name": "b"}}}, id="without an object"),
    ],
)
def test_other_event_of_eventbridge(trial: Trial, change: dict[str, Any]) -> None:
    """EventBridge event {case}.

    Parked unchanged with the reason, and its batch mate is processed.
    """
    event = json.loads((EVENTS / "eventbridge-object-created.json").read_text()) | change
    with trial.stack.paused():
        trial.stack.send(json.dumps(event))
        trial.upload("mate")
    assert "not an S3 upload event" in trial.wait_for_reason()
    assert json.loads(trial.stack.parked()[0]["Body"]) == event
    trial.wait_for_receipt("mate")


def test_deletion(trial: Trial) -> None:
    """Event about a deletion, from S3 or EventBridge.

    It is skipped, the log says so, and the entry stays.
    """
    with trial.stack.paused():
        trial.upload("file")
        (body,) = trial.stack.take()
        trial.stack.send(body)
    trial.wait_for_receipt("file")
    deleted = json.loads(through_eventbridge(body, trial.key("file")))
    trial.stack.send(
        body.replace("ObjectCreated:Put", "ObjectRemoved:Delete"),
        json.dumps(deleted | {"detail-type": "Object Deleted"}),
    )
    trial.wait_for_log("ObjectRemoved:Delete skipped", "file")
    trial.wait_for_log("Object Deleted skipped", "file")
    assert trial.writes("file") == [200]
    assert not trial.stack.parked()


@pytest.mark.parametrize(
    "raw",
    [pytest.param("false", id="in its envelope"), pytest.param("true", id="by raw delivery")],
)
def test_through_sns(trial: Trial, raw: str) -> None:
    """Upload announced through SNS, {case}.

    It is processed like any other.
    """
    sns, stack = trial.stack.client("sns"), trial.stack
    with stack.paused():
        version = trial.upload("file")
        (body,) = stack.take()
        queue = stack.client("sqs").get_queue_attributes(
            QueueUrl=stack.outputs["IngestQueueUrl"], AttributeNames=["QueueArn"]
        )["Attributes"]["QueueArn"]
        topic = sns.create_topic(Name="uploads")["TopicArn"]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=queue,
            Attributes={"RawMessageDelivery": raw},
        )
        sns.publish(TopicArn=topic, Subject="Amazon S3 Notification", Message=body)
        (sent,) = stack.take()
        assert (json.loads(sent) == json.loads(body)) == (raw == "true")
        stack.send(sent)
    sns.delete_topic(TopicArn=topic)
    trial.wait_for_receipt("file", version)
    assert not stack.parked()


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param("0055AED6DCD90281E5", "0055AED6DCD90281E6", id="sequencers equally long"),
        pytest.param("0055AED6DCD90281E5", "0055AED7", id="newer sequencer shorter"),
        pytest.param("0055AED6", "0055AED6DCD90281E5", id="newer sequencer longer"),
    ],
)
def test_out_of_order(trial: Trial, older: str, newer: str) -> None:
    """Events out of order: {case}.

    The entry of the newer version stays; the older one is superseded.
    """
    with trial.stack.paused():
        first = trial.upload("file", b"old")
        second = trial.upload("file", b"new")
        bodies = [json.loads(body) for body in trial.stack.take()]
    by_version = {record(body)["versionId"]: body for body in bodies}
    record(by_version[first])["sequencer"] = older
    record(by_version[second])["sequencer"] = newer
    trial.stack.send(json.dumps(by_version[second]))
    trial.wait_for_receipt("file", second)
    trial.stack.send(json.dumps(by_version[first]))
    trial.wait_for_log("superseded", "file")
    trial.wait_for_receipt("file", second)


def record(body: Any) -> Any:
    return body["Records"][0]["s3"]["object"]


def test_s3_test_event(trial: Trial) -> None:
    """s3:TestEvent.

    It is dropped, and its batch mate is processed.
    """
    with trial.stack.paused():
        trial.stack.send((EVENTS / "s3-test.json").read_text())
        trial.upload("mate")
    trial.wait_for_receipt("mate")
    trial.stack.wait_until_idle()
    assert not trial.stack.parked()


def test_not_json(trial: Trial) -> None:
    """Message body that is not JSON.

    Parked unchanged with the reason, and its batch mate is processed.
    """
    with trial.stack.paused():
        trial.stack.send("{not JSON")
        trial.upload("mate")
    assert "not an S3 event" in trial.wait_for_reason()
    assert trial.stack.parked()[0]["Body"] == "{not JSON"
    trial.wait_for_receipt("mate")


def test_parking_refused(trial: Trial) -> None:
    """Dead-letter queue unreachable for the function.

    SQS itself parks the file after three receives, and the log has the reason.
    """
    trial.proxy.add("SendMessage", actions.error(403, "AccessDenied", "no way"))
    trial.upload("poison", sha256="0" * 64)
    trial.wait_for_parked()
    trial.wait_for_log("declared SHA-256 is 000", "poison")
    trial.wait_for_log("no way")
    assert len(trial.proxy.made("SendMessage")) == 3
