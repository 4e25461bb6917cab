"""``context.open()`` is a binary file of the standard library, which proves that all arrived."""

import codecs
import csv
import gzip
import hashlib
import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody

from .conftest import World, recorded

LINES = b"a,1\nb,2\n"


def download(index: ModuleType, content: bytes, promised: int | None = None) -> Any:
    """Return the download of an object of which only ``content`` arrives."""
    body = StreamingBody(io.BytesIO(content), len(content) if promised is None else promised)
    return index.Download({"Body": body, "Metadata": {"sha256": "x"}})


def packed(name: str, content: bytes) -> bytes:
    """Return a tar archive of one file."""
    target, member = io.BytesIO(), tarfile.TarInfo(name)
    member.size = len(content)
    with tarfile.open(fileobj=target, mode="w") as archive:
        archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def unpacked(stream: Any) -> bytes:
    """Return the first file of a tar archive, read as a stream."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        member = archive.next()
        assert member
        content = archive.extractfile(member)
        assert content
        return content.read()


def copied(stream: Any) -> bytes:
    """Return what shutil copies."""
    target = io.BytesIO()
    shutil.copyfileobj(stream, target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("use", "content", "result"),
    [
        (lambda s: s.read(), LINES, LINES),
        (lambda s: [s.read(3), s.read(3), s.read(99)], LINES, [b"a,1", b"\nb,", b"2\n"]),
        (lambda s: s.readline(), LINES, b"a,1\n"),
        (lambda s: [s.tell(), s.read(3), s.tell()], LINES, [0, b"a,1", 3]),
        (list, LINES, [b"a,1\n", b"b,2\n"]),
        (lambda s: [s.peek(1)[:1], s.read(1)], LINES, [b"a", b"a"]),
        (copied, LINES, LINES),
        (lambda s: io.TextIOWrapper(s, "utf-8").read(), "grün\r\n".encode(), "grün\n"),
        (lambda s: list(csv.reader(io.TextIOWrapper(s))), LINES, [["a", "1"], ["b", "2"]]),
        (lambda s: list(codecs.iterdecode(s, "utf-8")), b"a\nb", ["a\n", "b"]),
        (lambda s: gzip.GzipFile(fileobj=s).read(), gzip.compress(LINES, mtime=0), LINES),
        (json.load, b'{"a": 1}', {"a": 1}),
        (unpacked, packed("a", LINES), LINES),
        (
            lambda s: hashlib.file_digest(s, "sha256").hexdigest(),
            LINES,
            hashlib.sha256(LINES).hexdigest(),
        ),
    ],
)
def test_is_a_binary_file(
    index: ModuleType, use: Callable[[Any], object], content: bytes, result: object
) -> None:
    with download(index, content) as stream:
        assert use(stream) == result
        assert (stream.readable(), stream.seekable(), stream.writable()) == (True, False, False)
    assert stream.closed
    assert stream.metadata == {"sha256": "x"}


@pytest.mark.parametrize(
    "use",
    [
        lambda s: s.read(),
        lambda s: [s.read(4), s.read(4), s.read(4)],
        list,
        copied,
        lambda s: io.TextIOWrapper(s).read(),
        lambda s: hashlib.file_digest(s, "sha256"),
    ],
)
def test_what_ends_early_is_never_taken_for_whole(
    index: ModuleType, use: Callable[[Any], object]
) -> None:
    with (
        pytest.raises(IncompleteReadError),
        download(index, LINES, promised=len(LINES) + 1) as stream,
    ):
        use(stream)


@pytest.mark.parametrize("use", [lambda s: s.seek(0), zipfile.ZipFile])
def test_what_has_to_go_back_is_told_how(index: ModuleType, use: Callable[[Any], object]) -> None:
    with download(index, LINES) as stream, pytest.raises(Exception) as caught:
        use(stream)
    error = caught.value if isinstance(caught.value, OSError) else caught.value.__context__
    assert isinstance(error, io.UnsupportedOperation)
    assert "copy it to a tempfile.TemporaryFile()" in str(error)


def test_the_connection_is_given_back(index: ModuleType) -> None:
    raw = io.BytesIO(LINES)
    with index.Download({"Body": StreamingBody(raw, len(LINES)), "Metadata": {}}):
        assert not raw.closed
    assert raw.closed


def test_a_body_that_ends_early_is_retried(world: World) -> None:
    def truncated(**_: str) -> dict[str, Any]:
        body = StreamingBody(io.BytesIO(b"hel"), 5)
        return {"Body": body, "ContentLength": 5, "Metadata": {}}

    world.s3.get_object = truncated  # type: ignore[method-assign]
    assert world.handle(recorded("put")) == ["0"]
    assert not world.dynamodb.rows


def test_memory_stays_flat_whatever_the_size(world: World) -> None:
    class Endless(io.RawIOBase):
        largest, left = 0, 64 * 1024 * 1024

        def read(self, amount: int = -1) -> bytes:
            assert amount > 0, "the whole file at once"
            Endless.largest = max(Endless.largest, amount)
            amount = min(amount, Endless.left)
            Endless.left -= amount
            return bytes(amount)

    size = Endless.left
    raw: Any = Endless()

    def endless(**_: str) -> dict[str, Any]:
        return {"Body": StreamingBody(raw, size), "ContentLength": size, "Metadata": {}}

    world.s3.get_object = endless  # type: ignore[method-assign]
    assert world.handle(recorded("put", size=size)) == []
    assert Endless.largest <= 1024 * 1024
