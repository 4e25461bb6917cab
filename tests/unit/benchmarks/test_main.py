"""Wrong usage is explained before anything is measured."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks import cdk_python
from tests.benchmarks.__main__ import main


def run(*options: str) -> int:
    return main(["generation", *options])


def test_missing_interpreter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--cdk-python", str(tmp_path / "python")) == 2
    error = capsys.readouterr().err
    assert "is not a Python interpreter" in error
    assert "tox run -e bench-cdk --notest" in error
    assert "Traceback" not in error


def test_interpreter_without_cdk(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--cdk-python", sys.executable) == 2
    error = capsys.readouterr().err
    assert "has no aws-cdk-lib" in error
    assert "Traceback" not in error


def test_missing_node(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cdk_python, "ask", lambda command, otherwise: "2.0.0 3.13.0")
    monkeypatch.setenv("JSII_NODE", "no-such-program")
    assert run("--cdk-python", sys.executable) == 2
    assert "install Node.js" in capsys.readouterr().err


@pytest.mark.parametrize("rounds", ["8", "0", "-9", "many", "9.5"])
def test_too_few_rounds(rounds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--cdk-python", "python", f"--rounds={rounds}")
    assert stopped.value.code == 2
    assert "disturbed rounds decide the median" in capsys.readouterr().err


def test_json_into_a_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--cdk-python", "python", "--json", str(tmp_path / "nothing" / "figures.json"))
    assert stopped.value.code == 2
    assert "folder that is missing" in capsys.readouterr().err


def test_interpreter_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run()
    assert stopped.value.code == 2
    assert "--cdk-python" in capsys.readouterr().err


def test_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("--help")
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert "exit codes:" in shown
