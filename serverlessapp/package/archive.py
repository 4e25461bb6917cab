"""Writes files into a zip whose bytes depend on nothing but the files."""

import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.errors import OperatorError

# AWS Lambda Developer Guide, "Lambda quotas": 250 MB "unzipped, including layers". Lambda's
# refusal gives it in bytes: "Unzipped size must be smaller than 262144000 bytes". The 50 MB
# for a zipped package concern direct uploads; CloudFormation takes it from S3.
UNZIPPED_LIMIT = 250 * 1024 * 1024
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
MODE = stat.S_IFREG | 0o755  # Lambda's user may read all, and run programs that a wheel brings
UNIX = 3
KEY_DIGITS = 16


class PackageError(OperatorError):
    """There is no package; the message says in one line why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A package. Its name has the digest: CloudFormation sees a change only as a new key."""

    path: Path
    sha256: str
    unzipped: int


def write(files: Mapping[str, Path], *, output: Path, name: str) -> Archive:
    """Write ``<name>-<digest>.zip`` into the output folder.

    Raises:
        PackageError: Lambda would refuse it because of its size.
    """
    unzipped = sum(path.stat().st_size for path in files.values())
    if unzipped >= UNZIPPED_LIMIT:
        raise PackageError(
            f"the package has {unzipped:,} bytes unzipped; Lambda takes less than "
            f"{UNZIPPED_LIMIT:,}: leave out dependencies or files"
        )
    content = pack(files)
    sha256 = hashlib.sha256(content).hexdigest()
    path = output / f"{name}-{sha256[:KEY_DIGITS]}.zip"
    output.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Archive(path=path, sha256=sha256, unzipped=unzipped)


def pack(files: Mapping[str, Path]) -> bytes:
    """Return the zip, sorted by name.

    Stored, not compressed: zlib's variants (zlib-ng in some builds of Python) compress to
    different bytes, and Lambda unpacks the zip when the function changes, not when it runs.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            entry.compress_type = zipfile.ZIP_STORED
            package.writestr(entry, path.read_bytes())
    return buffer.getvalue()
