"""``publish``: put a release into a bucket, where it stays as it is for ever."""

import re
from pathlib import Path

from serverlessapp.aws import put_new
from serverlessapp.clients import S3Client
from serverlessapp.errors import OperatorError
from serverlessapp.links import PROJECT_FOLDER
from serverlessapp.releases.archive import SUMS, Release
from serverlessapp.releases.version import RELEASE, Version
from serverlessapp.report import Report, count


def run(report: Report, s3: S3Client, *, bucket: str, version: str, folder: Path) -> int:
    """Publish a folder with SHA256SUMS, unless its version is not a release.

    What is there already with the same bytes is left alone, so it can be run again.

    Returns:
        0 if all of it is published or the version is none to publish, 1 if it was refused.

    Raises:
        OperatorError: The folder is not what its checksums say.
        OSError: It cannot be read.
        ClientError: S3 failed.
    """
    if not re.fullmatch(RELEASE, version):
        report.say(f"skipped: {version or 'an empty version'} is not a release")
        report.document({"version": version, "skipped": True, "published": [], "present": []})
        return 0
    prefix = f"{PROJECT_FOLDER}/{version}/"
    place = f"s3://{bucket}/{prefix}"
    files = read(version, folder)
    states = {name: state(s3, bucket, prefix + name, content) for name, content in files.items()}
    if changed := [name for name, status in states.items() if status == "different"]:
        return refuse(report, place, changed)
    missing = [name for name, status in states.items() if status == "absent"]
    question = f"Publish {count(len(missing), 'file')} to {place}?"
    if missing and (refused := report.refusal(question)):
        return refused
    for name in missing:
        key, content = prefix + name, files[name]
        is_new = put_new(s3, content, Bucket=bucket, Key=key)
        if not is_new and state(s3, bucket, key, content) != "same":
            return refuse(report, place, [name])
    present = [name for name in files if name not in missing]
    report.table(
        ("file", "state"),
        [(name, "published" if name in missing else "already published") for name in files],
    )
    report.say(f"{version} is published: {place}")
    report.document(
        {"version": version, "skipped": False, "published": missing, "present": present}
    )
    return 0


def refuse(report: Report, place: str, names: list[str]) -> int:
    """Say that a version is taken, and return the exit code."""
    report.note(
        f"refused: {place} has different content in {', '.join(names)}; a published version "
        "never changes, so choose another version"
    )
    return 1


def read(version: str, folder: Path) -> dict[str, bytes]:
    """Return the files of a release, SHA256SUMS last: where it is, all the others are.

    Raises:
        OperatorError: A file is missing, has another digest, or is not listed.
        OSError: The folder cannot be read.
    """
    release = Release(version=Version.parse(version), folder=folder)
    files = release.files()
    if SUMS not in files:
        raise OperatorError(f"{folder} is not a release: it has no {SUMS}")
    if damage := release.damage():
        raise OperatorError(f"does not match {SUMS}: {', '.join(damage)}")
    sums = files.pop(SUMS)
    return {**files, SUMS: sums}


def state(s3: S3Client, bucket: str, key: str, content: bytes) -> str:
    """Return whether an object is ``absent``, the ``same``, or ``different``."""
    try:
        present = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return "absent"
    return "same" if present == content else "different"
