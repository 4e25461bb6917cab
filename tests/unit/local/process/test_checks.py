"""``tox run -e processors`` and the fixture of processors' tests, on processors made here."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from troposphere import kms, s3

from generators.extension import grants_of
from generators.writes import refuse_loops
from local.process import checks, environment
from serverlessapp.processors.definition import read

pytestmark = pytest.mark.once

Folder = Callable[..., Path]
CODE = '''"""Counts."""

import os

from index import Context, File, PermanentError

LANGUAGE = os.environ.get("LANGUAGE", "")


def run(file: File, context: Context) -> dict[str, object]:
    """Count the bytes of a file."""
    with context.open() as download:
        content = download.read(1000)
        by = download.metadata.get("by", "nobody")
    if not content:
        raise PermanentError("empty")
    context.metric("Bytes", len(content), "Bytes")
    context.log("WARN", "counted")
    context.s3.put_object(Bucket=file.bucket, Key=f"results/{file.key}", Body=content)
    return {"bytes": len(content), "by": by, "language": LANGUAGE}
'''
TESTS = '''"""Bytes are counted."""

from typing import Any

import counting


def test_a_file_of_the_folder(process: Any) -> None:
    trial = process("samples/a.txt")
    assert trial.result == {"bytes": 8, "by": "nobody", "language": "en"}
    assert trial.metrics["Bytes"] == [8]
    assert trial.log[0]["message"] == "counted"
    assert trial.written == {"results/uploads/in/a.txt": b"one\\\\ntwo\\\\n"}
    assert trial.error is None


def test_settings_of_an_import(process: Any) -> None:
    before = counting.LANGUAGE
    assert process("a.txt", b"1", settings={"LANGUAGE": "de"}).result["language"] == "de"
    assert before == counting.LANGUAGE


def test_metadata_and_errors(process: Any) -> None:
    assert process("a.txt", b"1", metadata={"by": "me"}).result["by"] == "me"
    trial = process("a.txt", b"")
    assert (trial.outcome, trial.error, trial.result) == ("parked", "empty", None)
'''.replace("\\\\", "\\")


@pytest.fixture
def counting(folder: Folder) -> Path:
    """Return a processor that passes all checks."""
    place = folder("pass", '[uploads]\nfolder = "in/"\n[settings]\nLANGUAGE = "en"\n')
    (place / "code_of_mine.py").unlink()
    (place / "processor.toml").write_text(
        (place / "processor.toml").read_text().replace("code_of_mine", "counting")
    )
    (place / "counting.py").write_text(CODE)
    (place / "tests").mkdir()
    (place / "tests" / "test_counting.py").write_text(TESTS)
    # As in the checkout, whose configuration ruff finds above the folder.
    (place.parent / "pyproject.toml").write_text(
        (environment.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    return place


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the session's options out of the processor's pytest."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    yield


def test_all_is_well(counting: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main([str(counting)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "check", "words"),
    [
        ("len(content), ", "2 * len(content), ", "tests", "test_a_file_of_the_folder"),
        ("import os\n", "import os, sys\n", "style", "E401"),
        ("LANGUAGE = os", "LANGUAGE: int = os", "types", "Incompatible types"),
        ("import os\n", "import os\nimport jmespath\n", "types", "ignore[import-untyped]"),
    ],
)
def test_what_is_wrong_is_found(counting: Path, old: str, new: str, check: str, words: str) -> None:
    path = counting / "counting.py"
    path.write_text(path.read_text().replace(old, new, 1))
    lines = checks.CHECKS[check](read(counting), Path(sys.executable))
    assert any(words in line for line in lines)


def test_what_is_found_is_shown_and_fails(
    counting: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        checks, "CHECKS", {"style": lambda *_: ["too long"], "types": lambda *_: []}
    )
    assert checks.main([str(counting)]) == 1
    out = capsys.readouterr().out
    assert "mine style: too long" in out
    assert "FAILED" in out


def test_a_processor_without_tests_is_not_said_to_have_passed_them(
    counting: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "CHECKS", {"tests": lambda *_: []})
    assert checks.main([str(counting)]) == 0
    assert "ok" in capsys.readouterr().out
    (counting / "tests" / "test_counting.py").unlink()
    assert checks.main([str(counting)]) == 0
    out = capsys.readouterr().out
    assert "none" in out
    assert "ok" not in out


def test_the_examples_of_the_pages_pass(counting: Path) -> None:
    folder = counting.rename(counting.parent / "processors")
    (folder.parent / "generators").symlink_to(environment.ROOT / "generators")
    (folder / "permissions.py").write_text(of_page("processors.md", "def grants"))
    (folder / "counting.py").write_text(of_page("processors.md", "with context.open"))
    (folder / "extending.py").write_text(of_page("extending.md", "PermanentError"))
    (folder / "tests/test_counting.py").write_text(of_page("processors.md", "def test_"))
    for check in (checks.style, checks.types):
        assert check(read(folder), Path(sys.executable)) == []
    bucket, key = s3.Bucket("UploadBucket"), kms.Key("EncryptionKey")
    assert refuse_loops(grants_of(folder)(bucket=bucket, key=key), bucket)


def test_the_test_of_the_page_passes(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    folder = shutil.copytree(environment.ROOT / "examples/parquet", tmp_path / "parquet")
    (folder / "tests/test_parquet.py").write_text(of_page("processors.md", "def test_"))
    assert checks.tests(read(folder), Path(sys.executable)) == []


def of_page(page: str, words: str) -> str:
    """Return the example that has these words."""
    text = (environment.ROOT / "docs" / page).read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (example,) = (each for each in examples if words in each)
    return str(example)


def test_a_name_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["nowhere"]) == 2
    error = capsys.readouterr().err
    assert "no such processor" in error
    assert "thumbnails" in error
