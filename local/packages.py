"""The code of processors, packaged for this machine, where the emulator's functions get it."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import boto3

from serverlessapp.package import package
from serverlessapp.processors.definition import FIRST, Processor

BUCKET = "serverlessapp-packages"


def store(session: boto3.Session, processors: Iterable[Processor]) -> dict[str, str]:
    """Put packages into a new bucket, and return the stack's parameters that name them.

    The first processor has its code in the template; without others, there is no bucket.

    Raises:
        PackageError: A processor cannot be packaged; its dependencies come from a package index.
    """
    packaged = [processor for processor in processors if processor.name != FIRST]
    if not packaged:
        return {}
    s3 = session.client("s3")
    where: dict[str, object] = {"LocationConstraint": session.region_name}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)  # type: ignore[arg-type]
    parameters = {"CodeBucket": BUCKET}
    with tempfile.TemporaryDirectory(prefix="packages-") as place:
        for processor in packaged:
            made = package.make(processor.folder, output=Path(place), platform="host")
            key = made.archive.path.name
            s3.upload_file(str(made.archive.path), BUCKET, key)
            parameters[processor.parameter("CodeKey")] = key
    return parameters


def remove(session: boto3.Session) -> None:
    """Delete the bucket, if there is one."""
    s3 = session.client("s3")
    if any(bucket["Name"] == BUCKET for bucket in s3.list_buckets()["Buckets"]):
        for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            s3.delete_object(Bucket=BUCKET, Key=item["Key"])
        s3.delete_bucket(Bucket=BUCKET)
