"""Files that go into a stack: awkward names, different contents, and one that is damaged."""

import hashlib

from serverlessapp.operations import uploads
from tests.acceptance.checks.expectations import expect
from tests.acceptance.checks.stack import StackUnderTest

PROCESSED = {
    "plain.txt": b"one two three\n",
    "Zürich + Ærø/Preis 100% & Mengen (neu).txt": "größer als nötig\n".encode(),
    "a=b;c,d @ e!f'g$h~i.json": b'{"order": 4711, "paid": true}\n',
    "%2F..%20+plus//double slash.txt": b"nothing is decoded twice\n",
    "日本語 русский 📎.csv": b"1;2;3\n" * 2000,
    "empty.txt": b"",
}

# Not text in UTF-8, and not what its sender declares: whatever the processor, it is refused.
POISON = "damaged in transit.txt"
DAMAGED = b"1;2;3\n4;5;\xff\xfe"
DECLARED = hashlib.sha256(b"1;2;3\n4;5;6\n").hexdigest()


def upload(stack: StackUnderTest) -> None:
    """Upload everything that later checks look for, and note the versions."""
    s3, bucket = stack.client("s3"), stack.outputs.bucket
    for name, content in {**PROCESSED, POISON: DAMAGED}.items():
        key = stack.outputs.prefix + name
        metadata = {"sha256": DECLARED} if name == POISON else {}
        answer = s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata=metadata)
        stack.uploaded[key] = answer["VersionId"]


def remove(stack: StackUnderTest) -> None:
    """Delete our versions, so that the stack can be deleted."""
    s3, bucket = stack.client("s3"), stack.outputs.bucket
    for key, version in stack.uploaded.items():
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
    left = [version["Key"] for version in uploads.versions(s3, bucket, stack.outputs.prefix)]
    expect(not left, f"bucket {bucket} still has {', '.join(left)}")
