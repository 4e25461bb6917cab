"""What a command shows, and whom it asks."""

import io
import json

import pytest

from serverlessapp import report
from serverlessapp.report import Report


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
    assert capsys.readouterr().out == "key\tsize\n\\x1b[2J[red]\\x0a\\x09\t5\n[/red]\\x9b\n"


def test_a_terminal_gets_a_table_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "SHOWN_ROWS", 2)
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    shown = Report()
    shown.table(("key",), [(f"[b]k{number}",) for number in range(5)])
    assert "[b]k1" in screen.getvalue()
    assert "[b]k2" not in screen.getvalue()
    assert "3 rows more" in screen.getvalue()
