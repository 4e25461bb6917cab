"""Every command explains itself, and answers a mistake with one line and exit code 2."""

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_group

from serverlessapp.cli.app import app
from serverlessapp.cli.main import main

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = [f"serverlessapp {name}" for name, it in get_group(app).commands.items() if not it.hidden]
# What can be typed after "python -m".
HOUSE = (
    *("generators", "pipeline", "pipeline artifacts", "pipeline docs"),
    "pipeline.steps",
    *("local", "local demo", "local emulator", "local pipeline"),
    *("tests.benchmarks", "tests.benchmarks generation", "tests.benchmarks handler"),
    *("tests.benchmarks load", "tests.acceptance"),
    "pictures",
)
# Those of the house whose result a script would want to read; of the tool, all.
FOR_SCRIPTS = (
    *("local demo", "local pipeline", "tests.benchmarks generation", "tests.benchmarks handler"),
    *TOOL,
)
COMMANDS = ("serverlessapp", *TOOL, *HOUSE)


def typed(command: str) -> str:
    return command if command.startswith("serverlessapp") else f"python -m {command}"


def of_the_house(package: str) -> Callable[[list[str]], int]:
    run: Callable[[list[str]], int] = importlib.import_module(f"{package}.__main__").main
    return run


def printed(command: str, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    package, *rest = command.split()
    run = main if package == "serverlessapp" else of_the_house(package)
    try:
        code = run([*rest, *arguments])
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
    assert f"usage: {typed(command)}" in text.replace("Usage:", "usage:")
    examples = re.split("examples:", text, maxsplit=1, flags=re.IGNORECASE)[1]
    assert re.search(rf"{typed(command)}\b|tox run -e", examples)
    assert "exit codes: 0 " in text
    assert ("--json" in text) or command not in FOR_SCRIPTS


@pytest.mark.parametrize("command", ["serverlessapp", *TOOL])
def test_the_tool_is_read_on_a_narrow_screen(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, text = printed(command, "--help", capsys=capsys)
    assert max(map(len, text.splitlines())) <= 80
    assert "..." not in text.partition("Commands:")[2], "a sentence that the list cuts off"
    assert "\x1b" not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_a_mistake_is_exit_code_2_and_no_traceback(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = printed(command, "--no-such-option", capsys=capsys)
    assert code == 2
    assert text.lower().startswith("usage: ")
    assert "Traceback" not in text
