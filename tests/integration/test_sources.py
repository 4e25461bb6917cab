"""Own bucket and existing one, with versions and without: the same holds, with access control."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generators.application import build
from generators.render import render
from generators.retention import Retention
from generators.source import UploadSource
from local.emulator import Emulator
from local.enforcement.principals import administrator

from . import foreign
from .conftest import Deployment, wait_until
from .test_lifecycle import ODD_NAMES

KINDS = ("own", "existing", "existing without versions")


@dataclass
class Uploading(Deployment):
    """A stack, and how files get to it.

    Attributes:
        versions: Whether its bucket has any.
        told: Whom the bucket told of its files before there was the stack.
    """

    versions: bool = True
    told: Any = None

    @property
    def bucket(self) -> str:
        return self.outputs["UploadBucketName"]

    def key(self, name: str) -> str:
        return self.outputs["UploadPrefix"] + name

    def outcomes(self) -> list[str]:
        """Return what the log says became of events."""
        logs = self.client("logs")
        found = logs.filter_log_events(logGroupName=self.outputs["LogGroupName"])["events"]
        lines = [json.loads(each["message"]) for each in found if each["message"].startswith("{")]
        return [str(line.get("message", "")) for line in lines]

    def settled(self) -> None:
        """Wait until nothing waits."""
        wait_until("empty queues", lambda: self.messages() == (0, 0))


@pytest.fixture(scope="module", params=KINDS)
def stack(enforcing: Emulator, request: pytest.FixtureRequest) -> Iterator[Uploading]:
    """Deploy a stack whose files an existing bucket's own key encrypts, if it has one."""
    number = KINDS.index(request.param)
    made = Uploading(
        administrator(enforcing.session(), f"operator-{number}"), f"source-{number}", {}
    )
    made.versions, given, source = number != 2, {}, UploadSource.OWN_BUCKET
    if number:
        name, source = f"somebody-{number}", UploadSource.EXISTING_BUCKET
        key = enforcing.session().client("kms").create_key()["KeyMetadata"]["Arn"]
        made.told = foreign.bucket(enforcing.session(), name, versions=made.versions, key=key)
        given = {"SourceBucket": name, "SourceKeyArn": key}
    template = render(build(Retention.EPHEMERAL, source=source)).decode()
    made.update(template, EnvironmentSuffix=f"source{number}", **given)
    yield made
    with contextlib.suppress(ClientError):  # a test may have deleted it
        made.delete()


def test_files_with_any_name_get_an_entry(stack: Uploading) -> None:
    for name in ODD_NAMES:
        stack.upload(name, name.encode())
    for name in ODD_NAMES:
        assert stack.wait_for_receipt(name).size == len(name.encode())
    assert not stack.parked()


def test_files_outside_the_prefix_are_left_alone(stack: Uploading) -> None:
    stack.client("s3").put_object(Bucket=stack.bucket, Key="elsewhere/a.txt", Body=b"a")
    stack.upload("inside.txt", b"b")
    stack.wait_for_receipt("inside.txt")
    assert not [name for name in stack.receipts() if "elsewhere" in name]


def test_events_may_come_twice_and_in_any_order(stack: Uploading) -> None:
    """The last content wins, and what came before is no failure, be it gone or not."""
    with stack.paused():
        for content in (b"1", b"22", b"333"):
            stack.upload("overwritten.txt", content)
        sqs, url = stack.client("sqs"), stack.outputs["IngestQueueUrl"]
        wait_until("three events", lambda: stack.messages() == (3, 0))
        # Each receive counts: three of them, and SQS parks the message.
        told = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        for message in reversed(told["Messages"]):
            sqs.send_message(QueueUrl=url, MessageBody=message["Body"])
    stack.wait_for_receipt("overwritten.txt")
    stack.settled()
    assert stack.receipts()["overwritten.txt"].size == 3
    assert not stack.parked()


def test_a_file_that_is_gone_is_parked_or_read_as_it_was(stack: Uploading) -> None:
    with stack.paused():
        stack.upload("gone.txt", b"here")
        stack.client("s3").delete_object(Bucket=stack.bucket, Key=stack.key("gone.txt"))
    if stack.versions:
        stack.wait_for_receipt("gone.txt")
    else:
        message = stack.wait_for_parked()
        assert "gone" in message["MessageAttributes"]["Reason"]["StringValue"]
        forget(stack, message)


def test_a_damaged_file_is_parked_and_others_are_not(stack: Uploading) -> None:
    stack.upload("damaged.txt", b"x", sha256="0" * 64)
    stack.upload("sound.txt", b"x")
    message = stack.wait_for_parked()
    assert "declared SHA-256" in message["MessageAttributes"]["Reason"]["StringValue"]
    stack.wait_for_receipt("sound.txt")
    forget(stack, message)


def test_copies_and_uploads_in_parts_are_files_as_well(stack: Uploading) -> None:
    s3, place = stack.client("s3"), {"Bucket": stack.bucket}
    stack.upload("original.txt", b"copied")
    s3.copy_object(
        **place,
        Key=stack.key("copy.txt"),
        CopySource={**place, "Key": stack.key("original.txt")},
    )
    whole = {**place, "Key": stack.key("parts.txt")}
    upload = {**whole, "UploadId": s3.create_multipart_upload(**whole)["UploadId"]}
    parts = [
        {"PartNumber": n, "ETag": s3.upload_part(**upload, PartNumber=n, Body=content)["ETag"]}
        for n, content in ((1, b"a" * 5 * 2**20), (2, b"b"))
    ]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    sizes = [stack.wait_for_receipt(name).size for name in ("copy.txt", "parts.txt")]
    assert sizes == [6, 5 * 2**20 + 1]


def test_what_the_owner_has_stays(stack: Uploading) -> None:
    """Also when the stack is gone: in a bucket of somebody else's, it deletes nothing."""
    if stack.told is None:
        pytest.skip("its own bucket has no other owner")
    assert foreign.notifications(stack.session, stack.bucket) == stack.told
    before = stack.client("s3").list_objects_v2(Bucket=stack.bucket)["Contents"]
    stack.delete()
    assert stack.client("s3").list_objects_v2(Bucket=stack.bucket)["Contents"] == before
    assert foreign.notifications(stack.session, stack.bucket) == stack.told


def forget(stack: Uploading, message: Any) -> None:
    """Take a message out of the dead-letter queue."""
    url = stack.outputs["DeadLetterQueueUrl"]
    stack.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
