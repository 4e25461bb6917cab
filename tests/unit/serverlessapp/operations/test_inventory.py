"""An S3 Inventory in place of a listing, as S3 writes it."""

import csv
import gzip
import hashlib
import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from serverlessapp.errors import OperatorError
from serverlessapp.operations import reconcile
from serverlessapp.operations.inventory import Inventory
from serverlessapp.operations.stack import Stack
from serverlessapp.operations.uploads import EVER
from serverlessapp.report import Report

from .world import NOW, World

DAY = datetime(2026, 11, 23, 5, 55, 35, tzinfo=UTC)
CURRENT = ("Bucket", "Key", "Size", "LastModifiedDate", "ETag", "StorageClass")
ALL = ("Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker", *CURRENT[2:])
KEYS = ["uploads/b ä+%.txt", "uploads/a", 'uploads/"q",', "uploads/\n"]
# From the Amazon S3 User Guide, "Locating your inventory list".
PARQUET = (
    "message s3.inventory { required binary bucket (UTF8); required binary key (UTF8); "
    "optional binary version_id (UTF8); optional boolean is_latest; optional boolean "
    "is_delete_marker; optional int64 size; optional int64 last_modified_date (TIMESTAMP_MILLIS); "
    "optional binary e_tag (UTF8); optional binary storage_class (UTF8);}"
)


def row(key: str, **changes: Any) -> dict[str, Any]:
    """What S3 says about an object, by the names of a CSV."""
    return {
        "Bucket": "b",
        "Key": key,
        "VersionId": "v1",
        "IsLatest": True,
        "IsDeleteMarker": False,
        "Size": 5,
        "LastModifiedDate": DAY,
        "ETag": "e",
        "StorageClass": "STANDARD",
        **changes,
    }


def in_csv(rows: list[dict[str, Any]], fields: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    for item in rows:
        words = {
            **{name: str(value).lower() for name, value in item.items()},
            "Key": quote_plus(item["Key"]),
            "VersionId": item["VersionId"],
            "LastModifiedDate": f"{item['LastModifiedDate']:%Y-%m-%dT%H:%M:%S}.000Z",
        }
        writer.writerow([words[name] for name in fields])
    return gzip.compress(text.getvalue().encode())


def in_parquet(rows: list[dict[str, Any]]) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    names = {"ETag": "e_tag", "LastModifiedDate": "last_modified_date", "VersionId": "version_id"}
    names |= {"IsLatest": "is_latest", "IsDeleteMarker": "is_delete_marker"}
    named = [{names.get(k, k.lower()): value for k, value in item.items()} for item in rows]
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(named), buffer, compression="snappy")
    return buffer.getvalue()


def written(folder: Path, *data: bytes, **changes: Any) -> str:
    """Write an inventory with these data files, and return where its manifest is."""
    (folder / "data").mkdir(parents=True)
    made = folder / "2026-11-24T01-00Z"
    made.mkdir()
    suffix = "parquet" if changes.get("fileFormat") == "Parquet" else "csv.gz"
    files = []
    for number, content in enumerate(data):
        name = f"{number}.{suffix}"
        (folder / "data" / name).write_bytes(content)
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        files.append({"key": f"lists/b/all/data/{name}", "size": 1, "MD5checksum": digest})
    manifest = {
        "sourceBucket": "b",
        "destinationBucket": "arn:aws:s3:::lists",
        "version": "2016-11-30",
        "creationTimestamp": "1763946000000",
        "fileFormat": "CSV",
        "fileSchema": ", ".join(ALL),
        "files": files,
        **changes,
    }
    content = json.dumps(manifest).encode()
    (made / "manifest.json").write_bytes(content)
    checksum = hashlib.md5(content, usedforsecurity=False).hexdigest()
    (made / "manifest.checksum").write_text(checksum + "\n")
    return str(made / "manifest.json")


def files_of(manifest: str, world: Any = None, prefixes: Any = ("uploads/",)) -> Any:
    s3: Any = world or World()
    pages = Inventory(s3, manifest, "b").pages(prefixes, EVER)
    return [file for page in pages for file in page.files]


@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
def test_the_current_version_of_each_file(tmp_path: Path, kind: str) -> None:
    rows = [
        *(row(key) for key in KEYS),
        row("uploads/a", VersionId="v0", IsLatest=False),
        row("uploads/deleted", IsDeleteMarker=True, Size="" if kind == "CSV" else None),
        row("uploads/folder/", Size=0),
        row("elsewhere/a"),
        row("uploads/null", VersionId=""),
    ]
    data = in_csv(rows, ALL) if kind == "CSV" else in_parquet(rows)
    schema = {"fileSchema": PARQUET} if kind == "Parquet" else {}
    files = files_of(written(tmp_path, data, fileFormat=kind, **schema))
    assert [file.upload.key for file in files] == [*KEYS, "uploads/null"]
    assert [file.upload.version_id for file in files] == ["v1"] * 4 + ["null"]
    upload = files[0].upload
    assert (upload.size, upload.etag, upload.uploaded) == (5, "e", "2026-11-23T05:55:35.000Z")


def test_it_goes_on_in_the_middle_of_a_file(tmp_path: Path) -> None:
    keys = [f"uploads/{number:03}" for number in range(250)]
    data = [in_csv([row(key) for key in part], ALL) for part in (keys[:120], keys[120:])]
    inventory = Inventory(World(), written(tmp_path, *data), "b")  # type: ignore[arg-type]
    pages = list(inventory.pages(["uploads/"], EVER))
    for number, page in enumerate(pages):
        left = inventory.pages(["uploads/"], EVER, page.place)
        seen = [file.upload.key for part in (*pages[: number + 1], *left) for file in part.files]
        assert seen == keys


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sourceBucket": "other"}, "is the inventory of bucket other, not of b"),
        ({"fileFormat": "ORC"}, "is in ORC format; configure"),
        ({"fileSchema": "Bucket, Key, Size"}, "lacks LastModifiedDate, ETag"),
        ({"files": None}, "is not an S3 Inventory manifest"),
    ],
)
def test_what_is_of_no_use_is_refused(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(OperatorError, match=words):
        files_of(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("damaged", "words"),
    [
        ("manifest.json", "does not match manifest.json"),
        ("manifest.checksum", "does not match manifest.json"),
        ("../data/0.csv.gz", "the MD5 of"),
    ],
)
def test_damage_is_noticed(tmp_path: Path, damaged: str, words: str) -> None:
    manifest = written(tmp_path, in_csv([row("uploads/a")], ALL))
    file = Path(manifest).parent / damaged
    file.write_bytes(file.read_bytes() + b" ." * 2)
    with pytest.raises(OperatorError, match=words):
        files_of(manifest)
    file.unlink()
    with pytest.raises(OperatorError, match="does not exist"):
        files_of(manifest)


def test_a_manifest_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = Path(written(tmp_path, in_csv([row("uploads/a")], ALL)))
    monkeypatch.chdir(manifest.parent)
    for name in ("manifest.json", ".", "./"):
        assert [file.upload.key for file in files_of(name)] == ["uploads/a"]


def test_a_row_that_s3_would_not_write_is_named(tmp_path: Path) -> None:
    manifest = written(tmp_path, in_csv([row("uploads/a"), row("uploads/b", Size="x")], ALL))
    with pytest.raises(OperatorError, match=r"0.csv.gz, after row 2: ValueError"):
        files_of(manifest)


GOOD = in_csv([row(f"uploads/{number}") for number in range(50)], ALL)


@pytest.mark.parametrize(
    "content",
    [
        GOOD[:-20],
        GOOD[:30] + b"\xff" * 30 + GOOD[60:],
        b"no gzip",
        gzip.compress(b"\xff\xfe"),
        gzip.compress(b"a" * 200_000),
    ],
    ids=["truncated", "damaged", "not compressed", "not UTF-8", "one long field"],
)
def test_a_data_file_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(OperatorError, match=r"0.csv.gz, after row \d+: "):
        files_of(written(tmp_path, content))


def test_parquet_without_what_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(OperatorError, match=r"install serverlessapp\[parquet\]"):
        files_of(written(tmp_path, b"x", fileFormat="Parquet", fileSchema=PARQUET))


def test_from_s3(tmp_path: Path) -> None:
    written(tmp_path, in_csv([row("uploads/a")], ALL))

    class Body:
        def __init__(self, key: str) -> None:
            start, _, name = key.removeprefix("lists/b/all/").partition("/")
            self.content = (tmp_path / start / name).read_bytes()

        def iter_chunks(self, _: int) -> Any:
            yield from (self.content[:3], self.content[3:])

    class InS3(World):
        def get_object(self, **request: str) -> Any:
            assert request["Bucket"] == "lists"
            return {"Body": Body(request["Key"])}

    for end in ("", "manifest.json"):
        (file,) = files_of(f"s3://lists/lists/b/all/2026-11-24T01-00Z/{end}", InS3())
        assert file.upload.key == "uploads/a"


@pytest.mark.parametrize("versioned", [True, False])
def test_which_version_is_current_is_asked_where_the_inventory_does_not_say(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str], versioned: bool
) -> None:
    world: Any = World()
    world.versioned = versioned
    old = NOW.replace(microsecond=0) - timedelta(days=1)
    world.files = {f"uploads/{name}": old for name in ("done", "lost", "new")}
    world.ledgers["t"] = {"uploads/done": NOW}
    rows = [row(key, LastModifiedDate=old) for key in (*world.files, "uploads/gone")]
    manifest = written(tmp_path, in_csv(rows, CURRENT), fileSchema=", ".join(CURRENT))
    assert (
        reconcile.run(Report(as_json=True, yes=True), stack, world, world, world, manifest=manifest)
        == 0
    )
    planned = json.loads(capsys.readouterr().out)["planned"]
    sent = {item["upload"]["key"]: item["upload"]["version_id"] for item in planned}
    if versioned:
        assert sent == {"uploads/lost": "v1", "uploads/new": "v1"}
        assert {request["Prefix"] for request in world.listed} == {*sent, "uploads/gone"}
    else:
        assert set(sent.values()) == {"null"}
        assert not world.listed, "every upload takes the place of the one before"


def test_whether_the_entry_is_of_an_earlier_version_is_asked(stack: Stack, tmp_path: Path) -> None:
    """A multipart upload that began before an upload, and ended after it."""
    world: Any = World()
    world.files = {"uploads/a": DAY}
    world.etags = {"uploads/a": "e-2"}
    world.ledgers["t"] = {"uploads/a": NOW}
    versions = [world.version("uploads/a") | {"VersionId": "v2"}]
    versions.append({**world.version("uploads/a"), "IsLatest": False})
    world.paginate = lambda **_: [{"Versions": versions}]
    manifest = written(tmp_path, in_csv([row("uploads/a", VersionId="v2", ETag="e-2")], ALL))
    report = Report(as_json=True, yes=True)
    assert reconcile.run(report, stack, world, world, world, manifest=manifest) == 0
    assert world.sent("ingest").keys() == {"uploads/a"}
