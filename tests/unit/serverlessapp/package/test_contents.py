"""What is shipped, and what is left out."""

from pathlib import Path

import pytest

from serverlessapp.package import contents
from serverlessapp.package.archive import PackageError


def fill(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_own_files_without_what_only_authors_need(folder: Path) -> None:
    shipped = ["words.py", "ab_test.py", "lists/__init__.py", "lists/permissions.py"]
    shipped += ["lists/samples/a.csv", "lists/stop.txt"]
    fill(
        folder,
        *(*shipped, "processor.toml", "requirements.txt", "permissions.py", "samples/a.csv"),
        *("other.txt", ".env", ".git/config", "wheels/a-1-py3-none-any.whl", "README.md"),
        *("tests/data.txt", "tests/deep/a.py", "lists/tests/a.py", "test_words.py", "conftest.py"),
        *("__pycache__/words.cpython-313.pyc", "old.pyc"),
    )
    own = contents.own(folder, besides=folder / "other.txt")
    assert sorted(own.files) == sorted(shipped)
    assert own.left_out == {
        "processor.toml": 1,
        "requirements.txt": 1,
        "permissions.py": 1,
        "samples/": 1,
        "other.txt": 1,
        ".env": 1,
        ".git/": 1,
        "wheels/a-1-py3-none-any.whl": 1,
        "README.md": 1,
        "tests/": 2,
        "lists/tests/": 1,
        "test_words.py": 1,
        "conftest.py": 1,
        "__pycache__/": 1,
        "old.pyc": 1,
    }


def test_installed_files_without_traces_of_the_installation(tmp_path: Path) -> None:
    shipped = ["pkg/__init__.py", "pkg/bin/tool", "pkg/tests/t.py", "pkg/RECORD", "pkg/model.pth"]
    shipped += [f"pkg-1.dist-info/{name}" for name in ("METADATA", "licenses/LICENSE")]
    notes = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json")
    fill(tmp_path, *shipped, ".lock", "bin/tool", "pkg/__pycache__/x.pyc", "__pycache__/y.pyc")
    fill(tmp_path, "pkg.pth", *(f"pkg-1.dist-info/{name}" for name in notes))
    installed = contents.installed(tmp_path)
    assert sorted(installed.files) == sorted(shipped)
    assert installed.left_out == {"bin/": 1, "pkg.pth": 1}


def test_names_that_a_checkout_elsewhere_cannot_tell_apart(folder: Path) -> None:
    fill(folder, "lists/a.txt", "Lists/b.txt")
    with pytest.raises(PackageError, match="Lists and lists differ only in case"):
        contents.own(folder)


def test_runtime_is_there() -> None:
    assert "def handler(" in contents.runtime().files["index.py"].read_text()


def elf(machine: int) -> bytes:
    """Return the first bytes of an ELF file, with its e_machine (System V ABI, "ELF Header")."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0" + machine.to_bytes(2, "little") + bytes(9)


@pytest.mark.parametrize("content", [elf(62), b"\xcf\xfa\xed\xfe" + bytes(20)])
def test_native_code_for_another_machine(folder: Path, content: bytes) -> None:
    (folder / "fast.so").write_bytes(content)
    with pytest.raises(PackageError, match=r"fast\.so is native code, and not for Linux on arm64"):
        contents.check_machine(contents.own(folder))


@pytest.mark.parametrize("content", [elf(183), b"\x7fELF", b"", b"MZ"])
def test_what_is_no_native_code_for_another_machine(folder: Path, content: bytes) -> None:
    (folder / "fast.so").write_bytes(content)
    contents.check_machine(contents.own(folder))
