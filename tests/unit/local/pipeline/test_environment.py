"""What a build knows of this machine."""

import os
import sys
from pathlib import Path

import pytest

from local.emulator import REGION as HOME
from local.emulator import EmulatorSession
from local.pipeline import environment
from local.pipeline.execution import Execution
from serverlessapp.template.pipeline.buildspec import Buildspec
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Project

ROOT = Path(__file__).resolve().parents[4]


def test_a_build_knows_what_codebuild_tells_and_no_secret_of_this_machine(
    execution: Execution, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_SESSION_TOKEN", "GITHUB_TOKEN", "TOX_ENV_DIR", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "secret")
    (publish,) = [action for action in delivery.actions() if action.name == "Publish"]
    project = delivery.project_of(publish)
    assert isinstance(project, Project)
    known = environment.of_build(
        execution,
        publish,
        project,
        Buildspec(place="x", content={"env": {"variables": {"VERSION": "0", "OWN": "1"}}}),
        session=EmulatorSession("http://127.0.0.1:1", HOME),
        sources={"Source": tmp_path / "one", "Package": tmp_path / "two"},
        tmp=tmp_path,
        pipeline="p",
    )
    assert known["CODEBUILD_SRC_DIR"] == str(tmp_path / "one")
    assert known["CODEBUILD_SRC_DIR_Package"] == str(tmp_path / "two")
    assert "CODEBUILD_SRC_DIR_Source" not in known
    assert known["CODEBUILD_RESOLVED_SOURCE_VERSION"] == "abc"
    assert known["VERSION"] == "1.2.0", "of the action, not of the buildspec"
    assert known["OWN"] == "1"
    assert known["RELEASE_BUCKET"] == "serverlessapp-pipeline-releasebucket"
    assert known["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert known["HOME"] == known["TMPDIR"]
    assert known["XDG_CONFIG_DIRS"] == f"{known['HOME']}/codebuild/etc"
    assert known["PATH"].startswith(f"{known['PYTHONPATH']}/bin{os.pathsep}")
    assert "secret" not in known.values()
    assert not {"TOX_ENV_DIR", "VIRTUAL_ENV"} & known.keys()
    assert str(Path(sys.executable).parent) not in known["PATH"].split(os.pathsep)


def test_what_is_different_here_is_something_that_a_build_reads() -> None:
    texts = [ROOT / "tox.ini", *(ROOT / "pipeline" / "buildspecs").iterdir()]
    read = " ".join(path.read_text() for path in texts)
    assert [name for name in environment.ON_THIS_MACHINE if name not in read] == []


def test_a_build_knows_the_registry_of_this_machine_and_nothing_else_that_pip_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "pip" / "pip.conf"
    file.parent.mkdir()
    file.write_text("[global]\nindex-url = https://own.example\n[install]\ntarget = /else\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_RETRIES", "9")
    monkeypatch.setenv("PIP_CONSTRAINT", "mine.txt")
    known = environment.of_machine()
    assert known["PIP_INDEX_URL"] == "https://own.example"
    assert known["PIP_RETRIES"] == "9"
    assert not {"PIP_CONSTRAINT", "PIP_TARGET", "PIP_CONFIG_FILE"} & known.keys()
