"""What is in the upload bucket: the current version of each file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, takewhile

from serverlessapp.clients import ObjectVersionTypeDef, S3Client
from serverlessapp.errors import OperatorError
from serverlessapp.operations.events import Upload
from serverlessapp.operations.ledger import BATCH
from serverlessapp.operations.stack import Stack

EVER = datetime.min.replace(tzinfo=UTC)
STEPS = 1000  # for a page at most, however few of its keys are of interest
# A multipart upload's LastModified is when it began (Amazon S3 User Guide, "Working with object
# metadata", system-defined metadata). Our buckets abort what is not complete after 7 days.
MULTIPART = timedelta(days=7)

Place = tuple[int, str]  # of a reader: number of the prefix and key, or of the file and row
START: Place = (0, "")


@dataclass(frozen=True, kw_only=True)
class CurrentFile:
    """A file as it is now, and the IDs of the versions it had before; None where nobody says."""

    upload: Upload
    earlier: frozenset[str] | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Up to 100 files, and the place from which to go on after them."""

    files: list[CurrentFile]
    place: Place


def pages(
    s3: S3Client, bucket: str, prefixes: Sequence[str], since: datetime, place: Place = START
) -> Iterator[Page]:
    """Yield the files below prefixes that were uploaded since a moment, from a place on."""

    def keys() -> Iterator[tuple[Place, Iterable[CurrentFile]]]:
        first, after = place
        for number, prefix in enumerate(prefixes[first:], first):
            listed = versions(s3, bucket, prefix, after if number == first else "")
            for key, group in groupby(listed, key=lambda version: version["Key"]):
                yield (number, key), newest(group, since)

    yield from in_pages(keys())


def in_pages(steps: Iterable[tuple[Place, Iterable[CurrentFile]]]) -> Iterator[Page]:
    """Yield what a reader finds, of which each step may have one file or none, page by page."""
    files: list[CurrentFile] = []
    steps_left, place = STEPS, START
    for place, found in steps:
        files.extend(found)
        steps_left -= 1
        if len(files) == BATCH or not steps_left:
            yield Page(files=files, place=place)
            files, steps_left = [], STEPS
    if files:
        yield Page(files=files, place=place)


def named(s3: S3Client, bucket: str, key: str) -> Iterator[CurrentFile]:
    """Yield the file with this key, if it is there: S3 lists it before longer ones."""
    yield from newest(takewhile(lambda item: item["Key"] == key, versions(s3, bucket, key)), EVER)


def newest(listed: Iterable[ObjectVersionTypeDef], since: datetime) -> Iterator[CurrentFile]:
    """Yield the current version of a key from all its versions, which S3 lists from new to old.

    Deleted files (a delete marker is the newest version) and the empty objects that the
    console makes as folders are left out, as the function leaves them out.
    """
    remaining = iter(listed)
    for latest in remaining:
        etag = latest["ETag"].strip('"')
        if not latest["IsLatest"] or is_folder(latest["Key"], latest["Size"]):
            return
        if not uploaded_since(since, latest["LastModified"], etag):
            return
        yield CurrentFile(
            upload=Upload(
                key=latest["Key"],
                version_id=latest["VersionId"],
                size=latest["Size"],
                etag=etag,
                uploaded=in_utc(latest["LastModified"]),
            ),
            earlier=frozenset(version["VersionId"] for version in remaining),
        )


def is_folder(key: str, size: int) -> bool:
    """Tell whether an object is one that the console makes as a folder."""
    return key.endswith("/") and not size


def uploaded_since(since: datetime, modified: datetime, etag: str) -> bool:
    """Tell whether a file may have come since a moment.

    A multipart upload may have been completed up to ``MULTIPART`` after LastModified. Its ETag
    ends with a hyphen and the number of parts (Amazon S3 User Guide, "Checking object integrity").
    """
    return modified + (MULTIPART if "-" in etag else timedelta()) >= since


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


def all_below(stack: Stack, prefixes: Sequence[str | None]) -> list[str]:
    """Return the prefixes that a command looks at, none of which is below another."""
    wanted = sorted({below(stack, prefix) for prefix in prefixes or [None]})
    return [
        prefix
        for prefix in wanted
        if not any(prefix != other and prefix.startswith(other) for other in wanted)
    ]


def versions(
    s3: S3Client, bucket: str, prefix: str, after: str = ""
) -> Iterator[ObjectVersionTypeDef]:
    """Yield every object version, key by key, of keys after one."""
    marker = {"KeyMarker": after} if after else {}
    paginator = s3.get_paginator("list_object_versions")
    for page in paginator.paginate(Bucket=bucket, Prefix=prefix, **marker):  # type: ignore[arg-type]
        yield from page.get("Versions", [])


def in_utc(moment: datetime) -> str:
    """Return a moment as S3 events write it, so that strings sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
