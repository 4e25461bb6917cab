"""What cannot be measured is refused before anything is measured."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main


def generation(*options: object) -> int:
    return main(["generation", "--cdk-python", *map(str, options)])


def test_no_interpreter_or_none_with_cdk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for python in (tmp_path / "python", sys.executable):
        assert generation(python) == 2
        assert "tox run -e bench-cdk --notest" in capsys.readouterr().err


def test_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 2.0.0\n")
    python.chmod(0o755)
    monkeypatch.setenv("JSII_NODE", "no-such-program")
    assert generation(python) == 2
    assert "install Node.js" in capsys.readouterr().err


def test_json_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (tmp_path, tmp_path / "nothing" / "figures.json"):
        assert generation("python", "--json", file) == 2
        assert str(file) in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("handler", "--rounds=8"),  # too few for a median
        ("handler", "--rounds=9.5"),
        ("load", "--files=0"),
        ("load", "--large=x"),
        ("load", "--faults=1"),
        ("load", "--faults=-0.1"),
        ("generation",),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments])
    assert stopped.value.code == 2
    assert "error:" in capsys.readouterr().err
