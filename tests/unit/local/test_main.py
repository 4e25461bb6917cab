"""Command-line manners."""

import pytest

from local import __main__ as command
from local.demo import run as demo
from local.emulator import EmulatorError
from local.stacks import StackError


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["demo", "--port", "x"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 2


def test_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--help"])
    out = capsys.readouterr().out
    assert "python -m local demo --keep" in out
    assert "exit codes:" in out


@pytest.mark.parametrize(
    "error", [EmulatorError("port 1 is taken"), StackError("it says [no]"), OSError("disk full")]
)
def test_errors_are_one_line_without_a_traceback(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> int:
        raise error

    monkeypatch.setattr(demo, "run", fail)
    assert command.main(["demo"]) == 1
    assert capsys.readouterr().err == f"error: {error}\n"


def test_an_interrupt_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object, **options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run", interrupt)
    assert command.main(["demo"]) == 130
