"""Every command explains itself, and answers a mistake with one line and exit code 2."""

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# What can be typed after "python -m".
COMMANDS = (
    *("generators", "generators diff", "generators links", "generators release"),
    *("pipeline", "pipeline artifacts", "pipeline docs", "pipeline validate"),
    *("operations", "operations parked", "operations redrive", "operations discard"),
    *("operations reconcile", "operations verify", "operations publish"),
    *("local", "local demo", "local emulator", "local pipeline"),
    *("benchmarks", "benchmarks generation", "benchmarks handler", "benchmarks load"),
    *("packager", "pictures", "handbook", "security", "acceptance"),
)
# Those whose result a script would want to read.
FOR_SCRIPTS = (
    *("generators diff", "generators links", "pipeline validate", "packager"),
    *(name for name in COMMANDS if name.startswith("operations ")),
    *("local demo", "local pipeline", "benchmarks generation", "benchmarks handler"),
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
        for path in ROOT.glob("*/__main__.py")
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
