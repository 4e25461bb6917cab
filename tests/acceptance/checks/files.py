"""What goes into a stack: samples of each processor, awkward names, what cannot be processed."""

import hashlib
import time
from collections.abc import Callable, Mapping

from serverlessapp.operations import uploads
from serverlessapp.operations.stack import StackLane
from serverlessapp.processors.definition import FIRST
from tests.acceptance.checks.expectations import expect
from tests.acceptance.checks.stack import StackUnderTest

# For receipts, and what the test "zipped" brings in its place: both take any text.
AWKWARD = {
    "plain.txt": b"one two three\n",
    "Zürich + Ærø/Preis 100% & Mengen (neu).txt": "größer als nötig\n".encode(),
    "a=b;c,d @ e!f'g$h~i.json": b'{"order": 4711, "paid": true}\n',
    "%2F..%20+plus//double slash.txt": b"nothing is decoded twice\n",
    "日本語 русский 📎.csv": b"1;2;3\n" * 2000,
    "empty.txt": b"",
}

# Not text in UTF-8, and not what its sender declares: both refuse it.
POISON = "damaged in transit.txt"
DAMAGED = b"1;2;3\n4;5;\xff\xfe"
DECLARED = hashlib.sha256(b"1;2;3\n4;5;6\n").hexdigest()
# A message that no function can read, whatever its processor.
UNREADABLE = "not an event: sent by a test"


def sent(stack: StackUnderTest, lane: StackLane) -> Mapping[str, bytes]:
    """Return the files that a lane has to process, by key."""
    named: dict[str, bytes] = {}
    processor = stack.processors[lane.processor]
    if processor.verify and stack.runs_own(lane):
        # In a folder of the lane's: another one may have a sample of the same name.
        named |= {
            f"{lane.uploads.folder}{lane.processor}/{path.name}": path.read_bytes()
            for path in processor.samples
        }
    if lane.processor == FIRST:
        named |= {f"{lane.uploads.folder}{name}": content for name, content in AWKWARD.items()}
    return {
        stack.outputs.prefix + name: content
        for name, content in named.items()
        if lane.uploads.take(name)
    }


def poison(stack: StackUnderTest, lane: StackLane) -> str:
    """Return the key of the file that a lane has to refuse; empty if it takes any."""
    name = lane.uploads.folder + POISON
    refused = lane.processor == FIRST and lane.uploads.take(name)
    return stack.outputs.prefix + name if refused else ""


def await_announcements(
    stack: StackUnderTest, seconds: float, pause: Callable[[float], None] = time.sleep
) -> None:
    """Wait, if a lane hears of files by EventBridge, until it hears of those in a new bucket.

    Amazon S3 User Guide, "Enabling Amazon EventBridge": that takes around five minutes. Nothing
    says when it is over, and nobody hears later of what came before.
    """
    if any(lane.uploads.source == "eventbridge" for lane in stack.outputs.lanes):
        pause(seconds)


def upload(stack: StackUnderTest) -> None:
    """Upload everything that later checks look for, and note the versions."""
    s3, bucket = stack.client("s3"), stack.outputs.bucket
    for lane in stack.outputs.lanes:
        for key, content in sent(stack, lane).items():
            answer = s3.put_object(Bucket=bucket, Key=key, Body=content)
            stack.uploaded[key] = answer["VersionId"]
        if key := poison(stack, lane):
            metadata = {"sha256": DECLARED}
            answer = s3.put_object(Bucket=bucket, Key=key, Body=DAMAGED, Metadata=metadata)
            stack.uploaded[key] = answer["VersionId"]
        stack.client("sqs").send_message(QueueUrl=lane.ingest_queue, MessageBody=UNREADABLE)


def remove(stack: StackUnderTest) -> None:
    """Delete our versions, so that the stack can be deleted."""
    s3, bucket = stack.client("s3"), stack.outputs.bucket
    for key, version in stack.uploaded.items():
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
    left = [version["Key"] for version in uploads.versions(s3, bucket, stack.outputs.prefix)]
    expect(not left, f"bucket {bucket} still has {', '.join(left)}")
