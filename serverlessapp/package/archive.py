"""Writes files into a zip that is named by its digest."""

import hashlib
import stat
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.errors import OperatorError

# AWS Lambda Developer Guide, "Lambda quotas": 250 MB "unzipped, including layers". Lambda's
# refusal gives it in bytes: "Unzipped size must be smaller than 262144000 bytes". The 50 MB
# for a zipped package concern direct uploads; CloudFormation takes it from S3.
MB = 1024 * 1024
UNZIPPED_LIMIT = 250 * MB
MODE = stat.S_IFREG | 0o755  # Lambda's user may read all, and run programs that a wheel brings
UNIX = 3


class PackageError(OperatorError):
    """There is no package; the message says in one line why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A package. Its name has the digest: CloudFormation sees a change only as a new key."""

    path: Path
    # SHA-256 of the zip in hexadecimal digits, so that a store can tell it from another one under
    # its name; Lambda shows the same as CodeSha256.
    digest: str
    unzipped: int  # bytes
    largest: Mapping[str, int]  # bytes of the five largest files and folders at its top


def write(files: Mapping[str, Path], *, output: Path, name: str) -> Archive:
    """Write ``<name>-<digest>.zip`` into the output folder.

    Raises:
        PackageError: Lambda would refuse it because of its size.
    """
    sizes: Counter[str] = Counter()
    for file, path in files.items():
        sizes[file.partition("/")[0]] += path.stat().st_size
    largest = dict(sizes.most_common(5))
    if sizes.total() >= UNZIPPED_LIMIT:
        raise PackageError(
            f"the package has {sizes.total():,} bytes unzipped, and Lambda allows less than "
            f"{UNZIPPED_LIMIT:,}: remove dependencies or files; largest: {in_mb(largest)}"
        )
    output.mkdir(parents=True, exist_ok=True)
    unfinished = output / f"{name}.part"
    pack(files, unfinished)
    with unfinished.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    path = output / f"{name}-{sha256}.zip"
    unfinished.replace(path)
    return Archive(path=path, digest=sha256, unzipped=sizes.total(), largest=largest)


def in_mb(sizes: Mapping[str, int]) -> str:
    """Return the sizes that matter, as people read them."""
    shown = (f"{name} {size / MB:.1f} MB" for name, size in sizes.items() if size > MB / 10)
    return ", ".join(shown) or "nothing large"


def pack(files: Mapping[str, Path], path: Path) -> None:
    """Write the zip, sorted by name, without times or owners.

    Nothing is compressed: variants of zlib make other bytes of the same files, and then no store
    could tell a package from another one under its name.
    """
    with zipfile.ZipFile(path, "w") as package:
        for name, source in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the earliest there is
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            package.writestr(entry, source.read_bytes(), zipfile.ZIP_STORED)
