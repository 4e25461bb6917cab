"""Every command explains itself, and answers a mistake with one line and exit code 2."""

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# What can be typed after "python -m".
COMMANDS = (
    *("generators", "pipeline", "pipeline artifacts", "pipeline docs"),
    *("serverlessapp.diff", "serverlessapp.releases", "serverlessapp.rules"),
    *("serverlessapp.operations", "serverlessapp.operations parked"),
    *("serverlessapp.operations redrive", "serverlessapp.operations discard"),
    *("serverlessapp.operations reconcile", "serverlessapp.operations verify"),
    *("serverlessapp.operations publish", "serverlessapp.package"),
    *("local", "local demo", "local emulator", "local pipeline"),
    *("tests.benchmarks", "tests.benchmarks generation", "tests.benchmarks handler"),
    *("tests.benchmarks load", "tests.acceptance"),
    *("pictures", "handbook"),
)
# Those whose result a script would want to read.
FOR_SCRIPTS = (
    *("serverlessapp.diff", "serverlessapp.rules", "serverlessapp.package"),
    *(name for name in COMMANDS if name.startswith("serverlessapp.operations ")),
    *("local demo", "local pipeline", "tests.benchmarks generation", "tests.benchmarks handler"),
)


def main_of(command: str) -> tuple[Callable[[list[str]], int], list[str]]:
    package, *rest = command.split()
    module = importlib.import_module(f"{package}.__main__")
    return module.main, rest


def printed(command: str, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    main, rest = main_of(command)
    try:
        code = main([*rest, *arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_every_package_with_a_command_is_known() -> None:
    found = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for path in [*ROOT.glob("*/__main__.py"), *ROOT.glob("*/*/__main__.py")]
    }
    assert found == {command.split()[0] for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_and_exit_codes(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, text = printed(command, "--help", capsys=capsys)
    assert code == 0
    assert f"usage: python -m {command}" in text
    assert "examples:" in text
    assert re.search(f"python -m {command}\\b|tox run -e", text.partition("examples:")[2])
    assert "exit codes: 0 " in text
    assert ("--json" in text) or command not in FOR_SCRIPTS


@pytest.mark.parametrize("command", COMMANDS)
def test_a_mistake_is_exit_code_2_and_no_traceback(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = printed(command, "--no-such-option", capsys=capsys)
    assert code == 2
    assert text.startswith("usage: ")
    assert "Traceback" not in text
