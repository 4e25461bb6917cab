"""An S3 Inventory in place of a listing: what was in the bucket when it was made.

Sources: Amazon S3 User Guide, "Locating your inventory list" (manifest and checksums) and "Amazon
S3 Inventory list" (fields; keys are URL-encoded in CSV alone; in no order).
"""

import csv
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from serverlessapp.clients import S3Client
from serverlessapp.errors import OperatorError
from serverlessapp.operations.events import Upload
from serverlessapp.operations.uploads import (
    START,
    CurrentFile,
    Page,
    Place,
    in_pages,
    in_utc,
    is_folder,
    uploaded_since,
)

MANIFEST, CHECKSUM = "manifest.json", "manifest.checksum"
CHUNK_BYTES = 1 << 20
ROWS = 1000  # of a Parquet file in memory
NEEDED = {"Size": "size", "LastModifiedDate": "lastmodifieddate", "ETag": "etag"}
USED = {"key", "versionid", "islatest", "isdeletemarker", *NEEDED.values()}
# What reads a data file raises these when that is damaged, or not as the manifest says.
DAMAGE = (
    *(AttributeError, EOFError, KeyError, TypeError, ValueError),
    *(csv.Error, gzip.BadGzipFile, zlib.error),
)

Row = Mapping[str, Any]  # by names without "_" and in lower case: CSV has ETag, Parquet e_tag
Reader = Callable[[IO[bytes], Sequence[str]], Iterator[Row]]


class Inventory:
    """A manifest and its data files, in S3 or in a folder."""

    def __init__(self, s3: S3Client, where: str, bucket: str) -> None:
        """Read ``manifest.json`` in ``s3://BUCKET/FOLDER/`` or in a local folder.

        Raises:
            OperatorError: It is no inventory of this bucket, or one that is of no use.
        """
        self._s3, self._bucket = s3, bucket
        self._folder = (where.removesuffix(MANIFEST) or ".").rstrip("/") + "/"
        content = b"".join(self._chunks(self._folder + MANIFEST))
        self.checksum = md5(content).hexdigest()  # of the manifest
        told = b"".join(self._chunks(self._folder + CHECKSUM)).decode("ascii", "replace")
        if told.strip() != self.checksum:
            raise OperatorError(
                f"{where}: {CHECKSUM} does not match {MANIFEST}; download both again"
            )
        try:
            manifest = json.loads(content)
            source, kind = manifest["sourceBucket"], manifest["fileFormat"]
            self._files = [(file["key"], file["MD5checksum"]) for file in manifest["files"]]
            schema = str(manifest["fileSchema"])
        except (KeyError, TypeError, ValueError) as error:
            raise OperatorError(f"{where} is not an S3 Inventory manifest: {error!r}") from error
        if source != bucket:
            raise OperatorError(f"{where} is the inventory of bucket {source}, not of {bucket}")
        if kind not in READERS:
            raise OperatorError(
                f"{where} is in {kind} format; configure the inventory as CSV or Parquet"
            )
        pattern, self._read = READERS[kind]
        self._columns = re.findall(pattern, schema)
        names = {canonical(name) for name in self._columns}
        if missing := [name for name, column in NEEDED.items() if column not in names]:
            fields = ", ".join(missing)
            raise OperatorError(
                f"{where} lacks {fields}: add them to the inventory's configuration"
            )
        # An inventory of current versions alone does not say which they are.
        self._versions = "versionid" in names
        self._null = not self._versions and "Status" not in s3.get_bucket_versioning(Bucket=bucket)

    def pages(
        self, prefixes: Sequence[str], since: datetime, place: Place = START
    ) -> Iterator[Page]:
        """Yield the files below prefixes that were uploaded since a moment, from a place on.

        Raises:
            OperatorError: A data file is not there, or not what the manifest or S3 says it is.
        """

        def rows() -> Iterator[tuple[Place, Iterable[CurrentFile]]]:
            wanted = tuple(prefixes)
            first, done = place
            for number, (key, checksum) in enumerate(self._files[first:], first):
                skipped = int(done or 0) if number == first else 0
                with TemporaryFile() as file:
                    self._copy(key, checksum, file)
                    index = 0
                    try:
                        for index, row in enumerate(self._read(file, self._columns), 1):
                            if index > skipped:
                                yield (number, str(index)), self._current(row, wanted, since)
                    except DAMAGE as error:
                        raise OperatorError(f"{key}, after row {index}: {error!r}") from error

        yield from in_pages(rows())

    def _current(self, row: Row, prefixes: tuple[str, ...], since: datetime) -> list[CurrentFile]:
        """Return the file of a row, if it is the current version and of interest."""
        if not truth(row.get("islatest", True)) or truth(row.get("isdeletemarker", False)):
            return []
        key, size, etag = row["key"], int(row["size"]), row["etag"].strip('"')
        modified = moment(row["lastmodifieddate"])
        if not key.startswith(prefixes) or is_folder(key, size):
            return []
        if not uploaded_since(since, modified, etag):
            return []
        version = (row["versionid"] or "null") if self._versions else "null" if self._null else ""
        uploaded = in_utc(modified)
        upload = Upload(key=key, version_id=version, size=size, etag=etag, uploaded=uploaded)
        return [CurrentFile(upload=upload, earlier=frozenset() if self._null else None)]

    def _copy(self, key: str, checksum: str, file: IO[bytes]) -> None:
        """Copy a data file, and compare its checksum."""
        digest = md5()
        for chunk in self._chunks(self._place(key)):
            digest.update(chunk)
            file.write(chunk)
        file.seek(0)
        if digest.hexdigest() != checksum:
            raise OperatorError(f"the MD5 of {key} does not match {MANIFEST}; download it again")

    def _place(self, key: str) -> str:
        """Return where a data file is; a copy of the folders of S3 may be in any folder."""
        if self._folder.startswith("s3://"):
            return "/".join((*self._folder.split("/")[:3], key))
        folder, name = Path(self._folder).resolve(), key.rsplit("/", 1)[-1]
        places = [folder / name, folder / "data" / name, folder.parent / "data" / name]
        return str(next((path for path in places if path.exists()), places[-1]))

    def _chunks(self, where: str) -> Iterator[bytes]:
        """Yield a file's content; refuse one that is not there."""
        try:
            if where.startswith("s3://"):
                bucket, _, key = where.removeprefix("s3://").partition("/")
                body = self._s3.get_object(Bucket=bucket, Key=key)["Body"]
                yield from body.iter_chunks(CHUNK_BYTES)
                return
            with Path(where).open("rb") as file:
                yield from iter(lambda: file.read(CHUNK_BYTES), b"")
        except FileNotFoundError as error:
            raise OperatorError(f"{where} does not exist") from error
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket"):
                raise OperatorError(f"{where} does not exist") from error
            raise


def csv_rows(file: IO[bytes], columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a data file in CSV, whose keys are URL-encoded."""
    names = [canonical(column) for column in columns]
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for line in csv.reader(lines):
            row = dict(zip(names, line, strict=True))
            yield {**row, "key": unquote_plus(row["key"], errors="strict")}


def parquet_rows(file: IO[bytes], columns: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a data file in Parquet, if what reads it is installed."""
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise OperatorError(
            "this inventory is in Parquet: install serverlessapp[parquet], or configure it as CSV"
        ) from error
    used = [column for column in columns if canonical(column) in USED]
    for batch in ParquetFile(file).iter_batches(ROWS, columns=used, use_threads=False):
        for row in batch.to_pylist():
            yield {canonical(name): value for name, value in row.items()}


# How the columns are found in the manifest's fileSchema, and what reads a data file.
READERS: dict[str, tuple[str, Reader]] = {
    "CSV": (r"\w+", csv_rows),
    "Parquet": (r"(\w+)(?: *\(\w+\))? *;", parquet_rows),
}


def canonical(column: str) -> str:
    """Return a column's name as ``Row`` has it."""
    return column.replace("_", "").lower()


def truth(value: object) -> bool:
    """Return a truth value, which a CSV has as a word."""
    return str(value).lower() == "true"


def moment(value: object) -> datetime:
    """Return a time, which a CSV has in ISO 8601, and Parquet may have without its zone."""
    parsed = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def md5(content: bytes = b"") -> "hashlib._Hash":
    """Return the digest that S3 uses against mistakes, not against people."""
    return hashlib.md5(content, usedforsecurity=False)
