"""``python -m pipeline`` says what only a person can do, when there is something."""

import shutil
from pathlib import Path

import pytest

from pipeline.command import main
from pipeline.taskcat_tests import CONFIG
from tests.fixture_lanes import LANES

MORE = """
from awacs.aws import Action, Allow, Statement

def grants(*, bucket, key):
    publish = Action("sns", "Publish")
    return [Statement(Effect=Allow, Action=[publish], Resource=["arn:aws:sns:*:*:topic"])]
"""


@pytest.fixture
def processors(tmp_path: Path) -> Path:
    return shutil.copytree(LANES, tmp_path / "processors")


def written(capsys: pytest.CaptureFixture[str], folder: Path, processors: Path) -> str:
    """Return what the command says when it writes."""
    assert main(["--output", str(folder), "--processors", str(processors)]) == 0
    return capsys.readouterr().out


def test_permissions_beyond_the_boundary_take_a_person(
    tmp_path: Path, processors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "output"
    command = f"aws cloudformation deploy --template-file {output / 'deploy-role.yaml'} "
    assert command not in written(capsys, output, processors), "nobody has it yet"
    assert command not in written(capsys, output, processors), "it is the same"
    (processors / "receipts" / "permissions.py").write_text(MORE, encoding="utf-8")
    assert command in written(capsys, output, processors)


def test_what_is_beside_another_folder_stays_as_it_is(
    tmp_path: Path, processors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(capsys, tmp_path / "output", processors)
    assert not (tmp_path / CONFIG).exists()
