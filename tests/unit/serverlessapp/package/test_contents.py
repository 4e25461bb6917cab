"""What is shipped, and that no file hides another."""

from pathlib import Path

import pytest

from serverlessapp.package import contents
from serverlessapp.package.archive import PackageError
from serverlessapp.package.contents import Part

HERE = Path(__file__)


def part(origin: str, *names: str) -> Part:
    return Part(origin=origin, files=dict.fromkeys(names, HERE))


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_own_files_without_what_only_authors_need(folder: Path) -> None:
    shipped = ["words.py", "lists/__init__.py", "lists/permissions.py", "lists/stop.txt"]
    fill(
        folder,
        *shipped,
        *("requirements.txt", "permissions.py", "other.txt", ".env", ".git/config"),
        *("tests/data.txt", "lists/tests/a.py", "test_words.py", "words_test.py", "conftest.py"),
        *("__pycache__/words.cpython-313.pyc", "lists/__pycache__/a.pyc", "old.pyc"),
    )
    assert sorted(contents.own(folder, besides=folder / "other.txt").files) == sorted(shipped)


def test_installed_files_without_traces_of_the_installation(tmp_path: Path) -> None:
    shipped = ["pkg/__init__.py", "pkg/bin/tool", "pkg/tests/t.py", "pkg/RECORD"]
    shipped += [f"pkg-1.dist-info/{name}" for name in ("METADATA", "licenses/LICENSE")]
    notes = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json")
    fill(tmp_path, *shipped, ".lock", "bin/tool", "pkg/__pycache__/x.pyc", "__pycache__/y.pyc")
    fill(tmp_path, *(f"pkg-1.dist-info/{name}" for name in notes))
    assert sorted(contents.installed(tmp_path).files) == sorted(shipped)


def test_runtime_is_there() -> None:
    assert "def handler(" in contents.runtime().files["index.py"].read_text()


def test_parts_come_together() -> None:
    merged = contents.merge(
        contents.runtime(), part("one", "a.py", "b/c.py"), part("two", "a.libs/x.so", "d.so")
    )
    assert sorted(merged) == ["a.libs/x.so", "a.py", "b/c.py", "d.so", "index.py"]


@pytest.mark.parametrize("name", ["index.py", "index/__init__.py", "index.cpython-313.so"])
def test_nothing_hides_the_runtime(name: str) -> None:
    with pytest.raises(PackageError, match="mine has index, and so has the runtime"):
        contents.merge(contents.runtime(), part("mine", name))


def test_own_code_hides_no_dependency() -> None:
    with pytest.raises(PackageError, match="mine has PIL, and so has bought"):
        contents.merge(part("bought", "PIL/__init__.py"), part("mine", "PIL.py"))


@pytest.mark.parametrize("name", ["queue.py", "json/__init__.py"])
def test_nothing_hides_the_standard_library(name: str) -> None:
    with pytest.raises(PackageError, match=r"mine has (queue|json), which would hide Python's"):
        contents.merge(contents.runtime(), part("mine", name))
