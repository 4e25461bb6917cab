"""Whether the version that a parked message is about is still the file's current one."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from serverlessapp.clients import S3Client
from serverlessapp.operations.comparison import THREADS
from serverlessapp.operations.events import Upload
from serverlessapp.operations.uploads import CurrentFile, named
from serverlessapp.report import Report

# A request each: where more are parked, a repair comes first, and then few are left.
MAX_KEYS = 1000


class VersionState(StrEnum):
    """What the bucket has in place of a version."""

    CURRENT = "current"
    SUPERSEDED = "superseded"  # another version is current: the file was uploaded again
    DELETED = "deleted"  # no version is current
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, upload: Upload, current: CurrentFile | None) -> "VersionState":
        """Return the state of a version; where there are no versions, the ETag tells."""
        if current is None:
            return cls.DELETED
        now = current.upload
        same = (now.version_id, now.etag) == (upload.version_id, upload.etag)
        return cls.CURRENT if same else cls.SUPERSEDED


def read(
    report: Report, s3: S3Client, bucket: str, uploads: Iterable[Upload]
) -> dict[Upload, VersionState]:
    """Return the state of each upload; what S3 refuses to tell is unknown, and said."""
    by_key: dict[str, list[Upload]] = {}
    for upload in uploads:
        by_key.setdefault(upload.key, []).append(upload)
    states: dict[Upload, VersionState] = {}
    problems = []

    def current(key: str) -> CurrentFile | Exception | None:
        try:
            return next(named(s3, bucket, key), None)
        except (BotoCoreError, ClientError, UnicodeError) as error:  # keys may be nonsense
            return error

    asked = list(by_key)[:MAX_KEYS]
    with (
        report.progress("looking for newer versions") as progress,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        answers = zip(asked, pool.map(current, asked), strict=True)
        for number, (key, answer) in enumerate(answers, 1):
            if isinstance(answer, Exception):
                problems.append(str(answer))
            else:
                states |= {upload: VersionState.of(upload, answer) for upload in by_key[key]}
            progress(f"{number:,} files")
    if problems:
        report.note(f"cannot tell whether files were uploaded again: {problems[0]}")
    if len(by_key) > MAX_KEYS:
        report.note(f"looked for newer versions of the first {MAX_KEYS:,} files only")
    return {u: states.get(u, VersionState.UNKNOWN) for group in by_key.values() for u in group}
