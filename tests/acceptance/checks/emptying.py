"""Takes away what the checks uploaded, so that the stack can be deleted."""

from serverlessapp.operations import uploads
from tests.acceptance.checks.expectations import expect
from tests.acceptance.checks.subject import Subject


def check(subject: Subject) -> None:
    """Delete our versions, unless the stack is to do it.

    Raises:
        Broken: S3 still has files below the prefix.
    """
    if subject.leave_files:
        return
    s3, bucket = subject.client("s3"), subject.stack.bucket
    for key, version in subject.uploaded.items():
        s3.delete_object(Bucket=bucket, Key=key, VersionId=version)
    left = [version["Key"] for version in uploads.versions(s3, bucket, subject.stack.prefix)]
    expect(not left, f"bucket {bucket} still has {', '.join(left)}")
