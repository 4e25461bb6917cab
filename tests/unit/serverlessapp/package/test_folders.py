"""Links are followed inside of a folder; what cannot be in a package is refused by name."""

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from serverlessapp.package import folders
from serverlessapp.package.archive import PackageError


def names(folder: Path) -> list[str]:
    files, left_out = folders.walk(folder, lambda name: name == ".venv")
    assert not left_out
    assert all(path.read_text() for path in files.values())
    return list(files)


def test_links_inside_are_followed(folder: Path) -> None:
    (folder / "lists").mkdir()
    (folder / "lists/stop.txt").write_text("a")
    (folder / "words.txt").symlink_to("lists/stop.txt")
    (folder / "more").symlink_to(folder / "lists")
    assert names(folder) == ["lists/stop.txt", "more/stop.txt", "words.py", "words.txt"]


def test_the_folder_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert names(tmp_path / "link") == ["words.py"]


def outside(path: Path) -> None:
    path.symlink_to(Path(__file__))


def folder_outside(path: Path) -> None:
    path.symlink_to(Path(__file__).parent)


def broken(path: Path) -> None:
    path.symlink_to("absent")


def to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def to_its_folder(path: Path) -> None:
    path.symlink_to(".")


def bound_socket(path: Path) -> None:
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)  # not its path: that may have 100 bytes


def not_utf_8(path: Path) -> None:
    path.with_name(os.fsdecode(b"odd\xff")).write_text("a")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (outside, "outside of"),
        (folder_outside, "outside of"),
        (broken, "is a broken link"),
        (to_itself, "is a broken link"),
        (to_its_folder, "one of its parent folders"),
        (os.mkfifo, "is not a file"),
        (bound_socket, "is not a file"),
        (not_utf_8, "is not valid UTF-8"),
    ],
)
def test_what_cannot_be_packaged(folder: Path, make: Callable[[Path], None], words: str) -> None:
    (folder / "lists").mkdir()
    make(folder / "lists/odd")
    with pytest.raises(PackageError, match=f"lists/odd.*{words}"):
        names(folder)


def test_what_is_left_out_is_counted_and_not_looked_into(folder: Path) -> None:
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to("/absent")
    (folder / ".venv/a.py").write_text("")
    _, left_out = folders.walk(folder, lambda name: name == ".venv")
    assert left_out == {".venv/": 2}
