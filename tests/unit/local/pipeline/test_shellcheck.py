"""ShellCheck looks at what builds run."""

from pathlib import Path

import pytest

from local.pipeline.shellcheck import main

SPEC = """\
version: 0.2
env: {}
phases:
  build:
    commands:
      - FILES=dist
      - COMMAND
"""


def checked(folder: Path, spec: str) -> int:
    path = folder / "pipeline" / "buildspecs" / "own.yml"
    path.parent.mkdir(parents=True)
    path.write_text(spec)
    return main(folder)


def test_ours_are_in_order() -> None:
    assert main() == 0


def test_a_variable_of_an_earlier_command_is_known(tmp_path: Path) -> None:
    assert checked(tmp_path, SPEC.replace("COMMAND", 'ls "$FILES"')) == 0


@pytest.mark.parametrize(("command", "finding"), [("ls $HOME", "SC2086"), ("[[ 1 ]]", "SC3010")])
def test_a_mistake_is_shown(
    command: str, finding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, SPEC.replace("COMMAND", f"'{command}'")) == 1
    assert finding in capsys.readouterr().out


def test_the_shell_may_be_bash(tmp_path: Path) -> None:
    command = "'[[ -e $FILES ]]'"
    assert checked(tmp_path, SPEC.replace("COMMAND", command).replace("{}", "{shell: bash}")) == 0
