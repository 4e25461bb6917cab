"""Uploads everything that later checks look for."""

from tests.acceptance.checks import samples
from tests.acceptance.checks.subject import Subject


def check(subject: Subject) -> None:
    """Upload the samples and the poison, and note their versions.

    Raises:
        ClientError: S3 refuses.
    """
    s3, stack = subject.client("s3"), subject.stack
    for name, content in samples.PROCESSED.items():
        key = stack.prefix + name
        done = s3.put_object(Bucket=stack.bucket, Key=key, Body=content)
        subject.uploaded[key] = done["VersionId"]
    poison = stack.prefix + samples.POISON
    done = s3.put_object(
        Bucket=stack.bucket,
        Key=poison,
        Body=samples.DAMAGED,
        Metadata={"sha256": samples.DECLARED},
    )
    subject.uploaded[poison] = done["VersionId"]
