"""What is in the upload bucket: the current version of each file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, takewhile
from typing import TYPE_CHECKING

from serverlessapp.errors import OperatorError
from serverlessapp.operations.events import Upload
from serverlessapp.operations.stack import Stack

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectVersionTypeDef

EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class CurrentFile:
    """A file as it is now, and the IDs of the versions it had before."""

    upload: Upload
    earlier: frozenset[str]


def current(s3: "S3Client", bucket: str, prefix: str, since: datetime) -> Iterator[CurrentFile]:
    """Yield the files below a prefix that were uploaded since a moment."""
    yield from newest(versions(s3, bucket, prefix), since)


def named(s3: "S3Client", bucket: str, key: str) -> Iterator[CurrentFile]:
    """Yield the file with this key, if it is there: S3 lists it before longer ones."""
    listed = takewhile(lambda version: version["Key"] == key, versions(s3, bucket, key))
    yield from newest(listed, EVER)


def newest(listed: "Iterable[ObjectVersionTypeDef]", since: datetime) -> Iterator[CurrentFile]:
    """Yield the current version of each key.

    Deleted files (a delete marker is the newest version) and the empty objects that the
    console makes as folders are left out, as the function leaves them out.
    """
    for key, group in groupby(listed, key=lambda version: version["Key"]):
        latest, *others = group  # S3 lists the versions of a key from new to old
        if not latest["IsLatest"] or latest["LastModified"] < since:
            continue
        if key.endswith("/") and not latest["Size"]:
            continue
        yield CurrentFile(
            upload=Upload(
                key=key,
                version_id=latest["VersionId"],
                size=latest["Size"],
                etag=latest["ETag"].strip('"'),
                uploaded=in_utc(latest["LastModified"]),
            ),
            earlier=frozenset(version["VersionId"] for version in others),
        )


def below(stack: Stack, prefix: str | None) -> str:
    """Return the prefix of the keys that a command looks at.

    Raises:
        OperatorError: The stack does not process files there.
    """
    if prefix is not None and not prefix.startswith(stack.prefix):
        raise OperatorError(f"stack {stack.name} processes {stack.prefix}, not {prefix}")
    if prefix is None and stack.processor:
        return stack.prefix + stack.chosen[0].uploads.folder
    return prefix or stack.prefix


def versions(s3: "S3Client", bucket: str, prefix: str) -> Iterator["ObjectVersionTypeDef"]:
    """Yield every object version, key by key."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Versions", [])


def in_utc(moment: datetime) -> str:
    """Return a moment as S3 events write it, so that strings sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
