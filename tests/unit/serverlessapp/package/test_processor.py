"""The processor is found and checked without being run."""

from pathlib import Path

import pytest

from serverlessapp.package import processor
from serverlessapp.package.archive import PackageError

PLAIN = "def run(file, context): ..."


def files(tmp_path: Path, **modules: str) -> dict[str, Path]:
    for name, code in modules.items():
        (tmp_path / f"{name}.py").write_text(code)
    return {path.name: path for path in tmp_path.glob("*.py")}


def test_the_only_one_is_found(tmp_path: Path) -> None:
    code = "raise SystemExit\ndef helper(file): ...\nclass A:\n  def run(file, context): ...\n"
    assert processor.find(files(tmp_path, own=code + PLAIN, other="x = 1")) == "own:run"


@pytest.mark.parametrize(
    ("modules", "words"),
    [
        ({"own": "def run(file): ..."}, "none; choose one with --processor"),
        ({"one": PLAIN, "two": PLAIN}, "one:run, two:run"),
        ({"own": "def run(:"}, "own.py:1 is not valid Python"),
    ],
)
def test_none_or_several_have_to_be_named(
    tmp_path: Path, modules: dict[str, str], words: str
) -> None:
    with pytest.raises(PackageError, match=words):
        processor.find(files(tmp_path, **modules))


@pytest.mark.parametrize(
    "code",
    [
        PLAIN,
        "def run(a, b, c=1): ...",
        "def run(*both, extra=None): ...",
        "from other import process as run",
        "from other import *\nprint(run)",
        "run = lambda file, context: None",
        "run: object = print",
        "try:\n  import fast as run\nexcept ImportError:\n  def run(file, context): ...",
        "def run(): ...\n" + PLAIN,
        "def run(file, context):\n  def rows():\n    yield 1\n  return {'a': [*rows()]}",
    ],
)
def test_what_can_be_called(tmp_path: Path, code: str) -> None:
    processor.check(files(tmp_path, own=code), "own:run")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "own.py has no function run"),
        ("class A:\n  def run(file, context): ...", "has no function run"),
        ("def other():\n  def run(file, context): ...", "has no function run"),
        ("async def run(file, context): ...", "not async"),
        ("class run: ...", "not a class"),
        ("def run(file, context):\n  for x in file:\n    yield x", "contains yield"),
        ("def run(file, context):\n  a = yield from file", "contains yield"),
        ("def run(file): ...", "two parameters"),
        ("def run(a, b, c): ...", "two parameters"),
        ("def run(a, b, *, c): ...", "two parameters"),
        ("def run(:", "own.py:1 is not valid Python: "),
        ("x = 1\nreturn", "own.py:2 is not valid Python: 'return' outside function$"),
    ],
)
def test_what_cannot(tmp_path: Path, code: str, words: str) -> None:
    with pytest.raises(PackageError, match=words):
        processor.check(files(tmp_path, own=code), "own:run")


@pytest.mark.parametrize("start", [b"# \xe4\n", b"# coding: klingon\n", b"x = '\xe4'\n", b"\0"])
def test_a_module_that_cannot_be_decoded(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "own.py").write_bytes(start + PLAIN.encode())
    with pytest.raises(PackageError, match=r"own\.py.* is not valid Python"):
        processor.check({"own.py": tmp_path / "own.py"}, "own:run")


def test_modules_may_lie_in_folders(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(PLAIN)
    modules = {"a/b.py": tmp_path / "own.py", "c/__init__.py": tmp_path / "own.py"}
    processor.check(modules, "a.b:run")
    processor.check(modules, "c:run")
    (tmp_path / "hidden.py").write_text("")
    processor.check(modules | {"c.py": tmp_path / "hidden.py"}, "c:run")  # the folder is imported
    with pytest.raises(PackageError, match=r"no module a$"):
        processor.check(modules, "a:run")
