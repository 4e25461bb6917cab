"""Command-line manners."""

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoRegionError
from rich.console import Console

from serverlessapp.operations import __main__ as command
from serverlessapp.operations import report
from serverlessapp.operations.report import OperatorError, Report, printable
from serverlessapp.operations.stack import Stack, find

NAMES = ("parked", "redrive", "discard", "reconcile", "verify")


def refused(code: str, message: str = "") -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message or f"{code}!"}}
    return ClientError(response, "Operation")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["parked"],
        ["redrive", "--stack", "s"],
        ["redrive", "--stack", "s", "--all", "--key", "k"],
        ["discard", "--stack", "s"],
        ["discard", "--stack", "s", "--all", "--message", "m"],
        ["reconcile", "--stack", "s", "--since", "yesterday"],
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize("name", ["", *NAMES])
def test_every_help_has_examples_and_exit_codes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main([*([name] if name else []), "--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert "exit codes: 0 fine" in out
    assert f"python -m serverlessapp.operations {name}" in out.split("examples:")[1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "error", [OperatorError("no [bold] stack"), refused("AccessDenied", "a\nb"), NoRegionError()]
)
def test_errors_are_one_line_without_a_traceback(
    name: str, error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object) -> int:
        raise error

    monkeypatch.setattr(command, "run", fail)
    what = ["--all"] if name in ("redrive", "discard") else []
    assert command.main([name, "--stack", "s", "--json", *what]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"error: {printable(str(error))}\n"


def test_an_endpoint_that_is_no_url(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["parked", "--stack", "s", "--region", "us-west-2", "--endpoint-url", "nonsense"]
    assert command.main(arguments) == 2
    assert "--endpoint-url must be a URL" in capsys.readouterr().err


def test_an_interrupt_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupt)
    assert command.main(["parked", "--stack", "s"]) == 130


def test_a_prefix_the_stack_does_not_process(stack: Stack) -> None:
    assert command.prefix_within(stack, None) == "uploads/"
    assert command.prefix_within(stack, "uploads/a") == "uploads/a"
    with pytest.raises(OperatorError, match="processes uploads/, not other/"):
        command.prefix_within(stack, "other/")


class FakeCloudFormation:
    meta = SimpleNamespace(region_name="us-west-2")

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"Stacks": [self.answer]}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refused("ValidationError", "Stack with id s does not exist"), "no stack s in us-west-2"),
        ({"StackStatus": "ROLLBACK_COMPLETE"}, r"s \(ROLLBACK_COMPLETE\) has no output Upload"),
    ],
)
def test_a_stack_that_is_not_one_of_ours(answer: Any, told: str) -> None:
    cloudformation: Any = FakeCloudFormation(answer)
    with pytest.raises(OperatorError, match=told):
        find(cloudformation, "s")


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
    screen = io.StringIO()
    shown = Report(out=Console(file=screen, force_terminal=True, width=60))
    shown.table(("key",), [(f"[b]k{number}",) for number in range(5)])
    assert "[b]k1" in screen.getvalue()
    assert "[b]k2" not in screen.getvalue()
    assert "3 rows more" in screen.getvalue()
