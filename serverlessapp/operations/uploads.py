"""What is in the upload bucket: the current version of each file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from serverlessapp.operations.events import Upload

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectVersionTypeDef


@dataclass(frozen=True, kw_only=True)
class CurrentFile:
    """A file as it is now, and the IDs of the versions it had before."""

    upload: Upload
    earlier: frozenset[str]


def current(s3: "S3Client", bucket: str, prefix: str, since: datetime) -> Iterator[CurrentFile]:
    """Yield the files below a prefix that were uploaded since a moment.

    Deleted files (a delete marker is the newest version) and the empty objects that the
    console makes as folders are left out, as the function leaves them out.
    """
    for key, group in groupby(versions(s3, bucket, prefix), key=lambda version: version["Key"]):
        newest, *others = group  # S3 lists the versions of a key from new to old
        if not newest["IsLatest"] or newest["LastModified"] < since:
            continue
        if key.endswith("/") and not newest["Size"]:
            continue
        yield CurrentFile(
            upload=Upload(
                key=key,
                version_id=newest["VersionId"],
                size=newest["Size"],
                etag=newest["ETag"].strip('"'),
                uploaded=in_utc(newest["LastModified"]),
            ),
            earlier=frozenset(version["VersionId"] for version in others),
        )


def versions(s3: "S3Client", bucket: str, prefix: str) -> Iterator["ObjectVersionTypeDef"]:
    """Yield every object version, key by key."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Versions", [])


def in_utc(moment: datetime) -> str:
    """Return a moment as S3 events write it, so that strings sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
