"""``publish``: put a release into a bucket, where it stays as it is for ever."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from serverlessapp.operations.report import OperatorError, Report, count

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PROJECT = "serverlessapp"
SUMS = "SHA256SUMS"
# Semantic Versioning 2.0.0, items 2, 9 and 10: no pre-release, no build metadata.
RELEASE = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
LINE = re.compile(r"([0-9a-f]{64})  ([^/\\]+)")
# Somebody else's put came first, or is under way (Amazon S3 User Guide, "How to prevent object
# overwrites with conditional writes").
LOST_RACE = ("PreconditionFailed", "ConditionalRequestConflict")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a version's files are."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def run(report: Report, s3: "S3Client", *, bucket: str, version: str, folder: Path) -> int:
    """Publish a folder with SHA256SUMS, unless its version is not a release.

    What is there already with the same bytes is left alone, so it can be run again.

    Returns:
        0 if all of it is published or the version is none to publish, 1 if it was refused.

    Raises:
        OperatorError: The folder is not what its checksums say.
        ClientError: S3 failed.
    """
    if not RELEASE.fullmatch(version):
        report.say(f"skipped: {version or 'an empty version'} is not a release")
        report.document({"version": version, "skipped": True, "published": [], "present": []})
        return 0
    place = Place(bucket=bucket, prefix=f"{PROJECT}/{version}/")
    files = read(folder)
    states = {name: state(s3, place, name, content) for name, content in files.items()}
    if changed := [name for name, found in states.items() if found == "different"]:
        return refuse(report, place, changed)
    missing = [name for name, found in states.items() if found == "absent"]
    if missing:
        question = f"Publish {count(len(missing), 'file')} to {place}?"
        if refused := report.refusal(question):
            return refused
    for name in missing:
        if not put(s3, place, name, files[name]):
            return refuse(report, place, [name])
    present = [name for name in files if name not in missing]
    report.table(
        ("file", "state"),
        [(name, "published" if name in missing else "there already") for name in files],
    )
    report.say(f"{version} is published: {place}")
    report.document(
        {"version": version, "skipped": False, "published": missing, "present": present}
    )
    return 0


def refuse(report: Report, place: Place, names: list[str]) -> int:
    """Say that a version is taken, and return the exit code."""
    report.note(
        f"refused: {place} has other bytes in {', '.join(names)}; a version never changes, so "
        "give this one another number",
        "red",
    )
    return 1


def read(folder: Path) -> dict[str, bytes]:
    """Return the files of a release, SHA256SUMS last: where it is, all the others are.

    Raises:
        OperatorError: A file is missing, has another digest, or is not listed.
    """
    try:
        sums = (folder / SUMS).read_bytes()
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != SUMS}
    except OSError as error:
        raise OperatorError(f"{folder} is not a release: {error}") from error
    listed = checksums(sums, folder)
    for name in sorted(listed.keys() | files.keys()):
        if name not in files:
            raise OperatorError(f"{folder / name} is listed in {SUMS} and does not exist")
        if hashlib.sha256(files[name]).hexdigest() != listed.get(name):
            raise OperatorError(f"{folder / name} is not the file that {SUMS} lists")
    return {**dict(sorted(files.items())), SUMS: sums}


def checksums(sums: bytes, folder: Path) -> Mapping[str, str]:
    """Return the digests of a SHA256SUMS file by file name.

    Raises:
        OperatorError: A line is not a digest and a name.
    """
    found = [LINE.fullmatch(line) for line in sums.decode(errors="replace").splitlines()]
    if not found or None in found:
        raise OperatorError(f"{folder / SUMS} must have lines of a SHA-256 digest and a file name")
    return {match[2]: match[1] for match in found if match}


def state(s3: "S3Client", place: Place, name: str, content: bytes) -> str:
    """Return whether an object is ``absent``, the ``same``, or ``different``."""
    try:
        found = s3.get_object(Bucket=place.bucket, Key=place.prefix + name)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return "absent"
    return "same" if found == content else "different"


def put(s3: "S3Client", place: Place, name: str, content: bytes) -> bool:
    """Put an object if there is none; return whether it is there now with this content."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    try:
        s3.put_object(
            Bucket=place.bucket,
            Key=place.prefix + name,
            Body=content,
            IfNoneMatch="*",
            ChecksumSHA256=digest,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in LOST_RACE:
            raise
        return state(s3, place, name, content) == "same"
    return True
