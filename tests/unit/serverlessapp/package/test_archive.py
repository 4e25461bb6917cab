"""Same files, same bytes; and never more than Lambda takes."""

import hashlib
import os
import zipfile
import zlib
from pathlib import Path

import pytest

from serverlessapp.package import archive
from serverlessapp.package.archive import PackageError

CONTENTS = {"index.py": b"1", "pkg/a.py": b"2", "pkg/b.so": b"\0" * 1000}


def made(folder: Path, names: list[str], *, umask: int, time: int) -> dict[str, Path]:
    before = os.umask(umask)
    try:
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(CONTENTS[name])
            os.utime(path, (time, time))
    finally:
        os.umask(before)
    return {name: folder / name for name in names}


def test_name_and_bytes_depend_on_nothing_but_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made(tmp_path / "one", list(CONTENTS), umask=0o022, time=1_000_000_000)
    other = made(tmp_path / "two", list(reversed(CONTENTS)), umask=0o077, time=1_700_000_000)
    before = archive.write(first, output=tmp_path, name="mine")
    content = before.path.read_bytes()
    again = archive.write(other, output=tmp_path, name="mine")
    assert (again, again.path.read_bytes()) == (before, content)
    # Nor on the machine's variant of zlib.
    monkeypatch.setattr(zlib, "compressobj", None)
    elsewhere = archive.write(first, output=tmp_path, name="mine")
    assert (elsewhere, elsewhere.path.read_bytes()) == (before, content)


@pytest.mark.parametrize("change", ["name", "content"])
def test_another_file_is_another_key(tmp_path: Path, change: str) -> None:
    files = made(tmp_path / "in", list(CONTENTS), umask=0o022, time=1_000_000_000)
    before = archive.write(files, output=tmp_path / "out", name="mine")
    if change == "name":
        files["pkg/c.py"] = files.pop("pkg/a.py")
    else:
        files["pkg/a.py"].write_bytes(b"3")
    assert archive.write(files, output=tmp_path / "out", name="mine").path != before.path
    assert before.path.is_file()


def test_the_name_is_the_whole_digest_of_the_zip(tmp_path: Path) -> None:
    files = made(tmp_path / "in", list(CONTENTS), umask=0o022, time=1_000_000_000)
    written = archive.write(files, output=tmp_path / "new/out", name="mine")
    digest = hashlib.sha256(written.path.read_bytes()).hexdigest()
    assert (written.digest, written.unzipped) == (digest, 1002)
    assert written.path == tmp_path / f"new/out/mine-{digest}.zip"
    assert list(written.path.parent.iterdir()) == [written.path]
    assert list(written.largest.items()) == [("pkg", 1001), ("index.py", 1)]


def test_entries(tmp_path: Path) -> None:
    files = made(tmp_path / "in", list(reversed(CONTENTS)), umask=0o077, time=1_000_000_000)
    with zipfile.ZipFile(archive.write(files, output=tmp_path, name="mine").path) as package:
        assert package.testzip() is None
        entries = package.infolist()
    assert [entry.filename for entry in entries] == ["index.py", "pkg/a.py", "pkg/b.so"]
    for entry in entries:
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.external_attr >> 16 == 0o100755
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.create_system == 3


@pytest.mark.parametrize(("size", "fits"), [(262_143_999, True), (262_144_000, False)])
def test_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, fits: bool) -> None:
    monkeypatch.setattr(archive, "pack", lambda files, path: path.touch())
    big = tmp_path / "big.bin"
    with big.open("wb") as sparse:
        sparse.truncate(size)
    files = {"data/big.bin": big}
    if fits:
        assert archive.write(files, output=tmp_path, name="mine").unzipped == size
    else:
        with pytest.raises(PackageError, match=r"262,144,000 bytes unzipped.*: data 250\.0 MB"):
            archive.write(files, output=tmp_path, name="mine")
        assert not list(tmp_path.glob("*.zip"))
