"""What a command shows, and whom it asks."""

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from serverlessapp import report
from serverlessapp.report import Report

NO_DEVICE = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has it")
FULL = pytest.param("/dev/full", 1, marks=NO_DEVICE)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stdin", "yes", "code"),
    [
        (io.StringIO("y\n"), False, 2),
        (io.StringIO(), True, 0),
        (Terminal("y\n"), False, 0),
        (Terminal("\n"), False, 1),
        (Terminal(""), False, 1),
    ],
)
def test_who_may_agree(
    stdin: io.StringIO, yes: bool, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    assert Report(yes=yes).refusal("Send?") == code


def test_with_json_nothing_else_is_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Report(as_json=True)
    shown.say("a line")
    shown.note("a note")
    shown.table(("key",), [("k",)])
    with shown.progress("work") as progress:
        progress("more")
    shown.document({"a": 1})
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"a": 1}
    assert "a line" in captured.err


def test_a_key_controls_neither_terminal_nor_markup(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Report()
    shown.table(("key", "size"), [("\x1b[2J[red]\n\t", 5)])
    shown.say("[/red]\x9b")
    assert capsys.readouterr().out == "key\tsize\n\\x1b[2J[red]\\n\\t\t5\n[/red]\\x9b\n"


def test_a_terminal_gets_a_table_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "SHOWN_ROWS", 2)
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    shown = Report()
    shown.table(("key",), [(f"[b]k{number}",) for number in range(5)])
    assert "[b]k1" in screen.getvalue()
    assert "[b]k2" not in screen.getvalue()
    assert "3 rows more" in screen.getvalue()


@pytest.mark.parametrize("width", [1, 20, 30])
def test_a_terminal_that_is_too_narrow_for_a_table_shows_all(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    Report().table(list("abcdefgh"), [("uploads/invoice.csv", *range(6), "no password")])
    assert "uploads/invoice.csv\t0" in screen.getvalue()
    assert "no password" in screen.getvalue()


def writing_to(file: io.TextIOBase | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", file)
    monkeypatch.setattr("sys.stderr", file)
    monkeypatch.setattr("sys.stdin", io.StringIO() if file else None)
    report.prepare()
    shown = Report()
    shown.table(("key",), [("ä \ud800 😀",)])
    shown.note("é")
    assert shown.refusal("ü?") == 2
    Report(as_json=True).document({"rows": ["ä"]})


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_an_encoding_that_cannot_show_a_key(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO()
    writing_to(io.TextIOWrapper(content, encoding=encoding), monkeypatch)
    key = content.getvalue().decode(encoding).splitlines()[1]
    expected = {"ascii": r"\xe4 \ud800 \U0001f600", "latin-1": r"ä \ud800 \U0001f600"}
    assert key == expected.get(encoding, r"ä \ud800 😀")


def test_streams_that_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    writing_to(None, monkeypatch)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


@pytest.mark.parametrize(("name", "lost"), [("pipe", 0), FULL])
def test_nothing_is_stopped_by_what_cannot_be_written(
    name: str, lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told at the end; whoever closes a pipe knows what is missing."""
    monkeypatch.setattr(report, "LOST", [])
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") if name == "pipe" else Path(name).open("w") as file:
        writing_to(file, monkeypatch)
    assert len(report.LOST) == lost


def test_what_can_be_iterated_is_a_list_in_the_document(capsys: pytest.CaptureFixture[str]) -> None:
    class Listed:
        def __len__(self) -> int:
            return 2

        def __iter__(self) -> Iterator[int]:
            yield from range(2)

    Report(as_json=True).document({"rows": Listed(), "none": {}.keys()})
    assert json.loads(capsys.readouterr().out) == {"rows": [0, 1], "none": []}
