"""Command-line manners."""

import pytest

from generators.render import GenerationError
from local import __main__ as command
from local.demo import run as demo
from local.emulator import EmulatorError
from local.stacks import StackError
from serverlessapp.errors import ProcessorError


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
    ("error", "code"),
    [
        (EmulatorError("port 1 is taken"), 1),
        (StackError("it says [no]"), 1),
        (OSError("disk full"), 1),
        (GenerationError("csv: rename it"), 2),
        (ProcessorError(f"processor.toml:3: {'long ' * 30}"), 2),
    ],
)
def test_errors_are_one_line_without_a_traceback(
    error: Exception, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*arguments: object, **options: object) -> int:
        raise error

    monkeypatch.setattr(demo, "run", fail)
    monkeypatch.setenv("COLUMNS", "80")
    assert command.main(["demo"]) == code
    assert capsys.readouterr().err == f"error: {error}\n"


def test_an_interrupt_is_exit_code_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object, **options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "run", interrupt)
    assert command.main(["demo"]) == 130
