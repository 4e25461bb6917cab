"""``python -m local process``, as somebody runs it who writes a processor."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.__main__ import main
from local.process import environment

Folder = Callable[..., Path]
COUNT = """
with context.open() as download:
    lines = b"".join(download).count(b"\\n")
context.metric("Lines", lines)
context.log("WARN", "counted", lines=lines)
context.s3.put_object(Bucket=file.bucket, Key=f"results/{file.key}.txt", Body=str(lines))
return {"lines": lines, "none": None, "share": 0.5, "parts": [1, {"a": True}], "raw": b"12"}
"""


@pytest.fixture
def seen(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return a function that runs the command with ``--json``: exit code, and what it saw."""

    def run(folder: Path, *arguments: str, file: str = "samples/a.txt") -> tuple[int, Any]:
        code = main(["process", str(folder), str(folder / file), "--json", *arguments])
        return code, json.loads(capsys.readouterr().out)["files"][0]

    return run


def test_a_processed_file(folder: Folder, seen: Any, tmp_path: Path) -> None:
    code, file = seen(folder(COUNT), "--output", str(tmp_path / "kept"))
    assert (code, file["outcome"], file["error"]) == (0, "processed", None)
    assert file["result"] == {
        "lines": 2,
        "none": None,
        "share": 0.5,
        "parts": [1, {"a": True}],
        "raw": "MTI=",
    }
    assert file["metrics"]["Lines"] == [2]
    assert any(line["message"] == "counted" and line["level"] == "WARN" for line in file["log"])
    assert file["written"] == {"results/uploads/a.txt.txt": 1}
    assert (tmp_path / "kept" / "results/uploads/a.txt.txt").read_text() == "2"
    assert file["entry"]["object_key"] == {"S": "uploads/a.txt"}
    assert file["memory"] >= file["idle"] > 10
    assert 0 < file["seconds"] < 60


def test_memory_is_the_files_own(folder: Folder, seen: Any) -> None:
    _, file = seen(folder("many = bytearray(100 * 2**20); many[:] = b'1' * len(many)"))
    assert file["memory"] - file["idle"] > 90


def test_what_is_shown(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    place = folder(COUNT, '\n[uploads]\nsuffixes = [".csv"]\n')
    other = (place / "samples" / "a.txt").rename(place / "a.txt")
    (place / "samples" / "a.csv").write_text("1\n")
    assert main(["process", str(place), str(other)]) == 0
    out = capsys.readouterr().out
    for word in ('"lines": 2', "WARN counted", "Lines 2 Count", "results/uploads/a.txt.txt", "MB"):
        assert word in out
    assert ".csv" in out, "in a stack, this file would not get here"


@pytest.mark.parametrize(
    ("body", "outcome", "error"),
    [
        ("raise PermanentError('no header')", "parked", "no header"),
        ("raise ValueError('what')", "tried again", "what"),
        ("raise SystemExit(3)", "tried again", "3"),
        ("return {'a': object()}", "parked", "object"),
        ("context.s3.list_buckets()", "tried again", "not available without a stack"),
        ("return {'a': 'x' * 500_000}", "parked", "exceeded the maximum allowed size"),
        ("a = {}\nfor _ in range(40): a = {'a': [a]}\nreturn a", "parked", "Nesting Levels"),
        (
            "context.s3.put_object(Bucket=file.bucket, Key='uploads/b.txt', Body=b'')",
            "tried again",
            "AccessDenied",
        ),
        ("import os; os.abort()", "tried again", "the process ended"),
        ("import time; time.sleep(60)", "tried again", "out of time"),
    ],
)
def test_a_failure_is_settled_as_by_the_runtime(
    folder: Folder, seen: Any, body: str, outcome: str, error: str
) -> None:
    code, file = seen(folder(body, "[function]\ntimeout = 10\n"))
    assert (code, file["outcome"]) == (1, outcome)
    assert error in file["error"]


def test_settings_and_metadata(folder: Folder, seen: Any) -> None:
    place = folder(
        "import os\nwith context.open() as d: return {**d.metadata, 'is': os.environ['CURRENCY']}",
        '[settings]\nCURRENCY = "EUR"\n',
    )
    assert seen(place)[1]["result"] == {"is": "EUR"}
    _, file = seen(place, "--setting", "CURRENCY=CHF", "--metadata", "by=me")
    assert file["result"] == {"is": "CHF", "by": "me"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "setup.cfg"], "nowhere: no processor.toml"),
        (["receipts", "nowhere.txt"], "nowhere.txt"),
        (["receipts", "setup.cfg", "--setting", "A=1"], "A is not in [settings]"),
        (["receipts", "setup.cfg", "--metadata", "A"], "NAME=VALUE"),
    ],
)
def test_wrong_usage_is_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    lanes = environment.ROOT / "tests" / "lanes"
    monkeypatch.setattr("local.process.command.PROCESSORS", lanes)
    monkeypatch.chdir(environment.ROOT)
    assert main(["process", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_processor_that_cannot_be_loaded(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder("import absent")
    (place / "code_of_mine.py").write_text("import absent\n")
    assert main(["process", str(place), str(place / "samples" / "a.txt")]) == 2
    error = capsys.readouterr().err
    assert "absent" in error
    assert "Traceback" not in error


def test_a_module_that_fails_is_named_with_its_line(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder("return None")
    for code in ("x = 1\n1 / 0\n", "x = 1\nimport absent\n"):
        (place / "code_of_mine.py").write_text(code)
        assert main(["process", str(place), str(place / "samples" / "a.txt")]) == 2
        assert "code_of_mine.py:2" in capsys.readouterr().err.replace("\n", "")


def test_more_memory_than_the_function_has_is_told(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder("many = bytearray(150 * 2**20); many[:] = b'1' * len(many)")
    (place / "processor.toml").write_text(
        'handler = "code_of_mine:run"\n[function]\nmemory = 128\n'
    )
    assert main(["process", str(place), str(place / "samples" / "a.txt")]) == 0
    assert "the function's 128 MB" in capsys.readouterr().out


def test_nothing_is_written_beside_the_output(
    folder: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(
        "context.s3.put_object(Bucket=file.bucket, Key='results/../../outside', Body=b'')"
    )
    sample = str(place / "samples" / "a.txt")
    assert main(["process", str(place), sample, "--output", str(tmp_path / "kept")]) == 2
    assert not (tmp_path / "outside").exists()
