"""What a build knows of this machine."""

import os
import sys
from pathlib import Path

import pytest

from local.emulator import EmulatorSession
from local.pipeline import environment
from local.pipeline.execution import Execution
from pipeline.regions import HOME
from serverlessapp.template.pipeline.buildspec import Buildspec
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Project


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
        home=tmp_path,
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
    assert known["HOME"] == str(tmp_path)
    assert "secret" not in known.values()
    assert not {"TOX_ENV_DIR", "VIRTUAL_ENV"} & known.keys()
    assert str(Path(sys.executable).parent) not in known["PATH"].split(os.pathsep)
