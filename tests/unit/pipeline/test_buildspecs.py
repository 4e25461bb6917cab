"""What CodeBuild runs is what a developer runs."""

import configparser
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.projects import ANY_PLAN

from .rendered import RESOURCES, all_actions, of_type

ROOT = Path(__file__).resolve().parent.parent.parent.parent
BUILDSPECS = ROOT / "pipeline" / "buildspecs"
TOX = ".venv/bin/tox run -e "


def read(name: str) -> dict[str, Any]:
    text = (BUILDSPECS / name).read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


NAMES = sorted(path.name for path in BUILDSPECS.iterdir())


def commands(spec: dict[str, Any]) -> list[str]:
    return [
        line
        for phase in spec["phases"].values()
        for command in phase["commands"]
        for line in command.splitlines()
        if not line.startswith("#")
    ]


def test_each_project_has_its_buildspec_and_each_buildspec_its_project() -> None:
    projects = of_type("AWS::CodeBuild::Project").values()
    used = {project["Properties"]["Source"]["BuildSpec"] for project in projects}
    assert used == {f"pipeline/buildspecs/{name}" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_tox_environment_exists(name: str) -> None:
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    environments = {section.removeprefix("testenv:").split("{")[0] for section in tox.sections()}
    ran = [c.removeprefix(TOX).split()[0] for c in commands(read(name)) if c.startswith(TOX)]
    assert ran
    assert set(ran) <= environments


@pytest.mark.parametrize("name", NAMES)
def test_nothing_runs_past_a_failure(name: str) -> None:
    spec = read(name)
    assert str(spec["version"]) == "0.2"
    assert spec["phases"].keys() <= {"install", "pre_build", "build"}, "post_build runs anyway"
    for command in commands(spec):
        assert not re.search(r"\|\||\||;|&(?!&)", command), command


def test_a_package_without_a_version_fails() -> None:
    spec = read("package.yml")
    assert spec["env"]["exported-variables"] == ["VERSION"]
    last = commands(spec)[-3:]
    assert last == ['VERSION="$(cat dist/VERSION)"', "export VERSION", 'test -n "$VERSION"']


def test_a_package_is_compared_and_linted_first() -> None:
    ran = [c.removeprefix(TOX) for c in commands(read("package.yml")) if c.startswith(TOX)]
    build = '"$CODEBUILD_BUILD_ARN"'
    assert ran == [
        *("lint", "templates"),
        *(f"artifacts -- --build {build}", f"upload -- dist --build {build}"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_only_declared_artifacts_are_read(name: str) -> None:
    """An unset variable is empty, and ``test -d`` of it is true."""
    used = set(re.findall(r"CODEBUILD_SRC_DIR_(\w+)", " ".join(commands(read(name)))))
    for action in users_of(name):
        primary, *others = [item["Name"] for item in action["InputArtifacts"]]
        assert primary == "Source"
        assert used <= set(others)
        assert action["Configuration"].get("PrimarySource", primary) == primary
        assert ("PrimarySource" in action["Configuration"]) is bool(others), "CodeBuild asks for it"


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_is_set(name: str) -> None:
    spec = read(name)
    used = set(re.findall(r"\$\{?([A-Z_]+)\b", " ".join(commands(spec))))
    environment = project_of(name)["Environment"]
    own = {variable["Name"] for variable in environment.get("EnvironmentVariables", [])}
    own |= set(spec.get("env", {}).get("exported-variables", []))  # by its own commands
    for action in users_of(name):
        passed = json.loads(action["Configuration"].get("EnvironmentVariables", "[]"))
        provided = own | {variable["name"] for variable in passed}
        assert {name for name in used if not name.startswith("CODEBUILD_")} == provided


@pytest.mark.parametrize("name", NAMES)
def test_a_build_may_read_its_inputs_write_its_outputs_and_log_and_no_more(name: str) -> None:
    project = project_of(name)
    role = RESOURCES[project["ServiceRole"]["Fn::GetAtt"][0]]["Properties"]
    granted = {s["Sid"]: s for s in role["Policies"][0]["PolicyDocument"]["Statement"]}

    def places(sid: str) -> set[str]:
        return {arn["Fn::Sub"] for arn in granted.get(sid, {"Resource": []})["Resource"]}

    def objects(kind: str) -> set[str]:
        artifacts = {item["Name"] for action in users_of(name) for item in action.get(kind, [])}
        names = {re.sub(r"^Plan\d+$", ANY_PLAN, each) for each in artifacts}
        return {f"${{ArtifactBucket.Arn}}/*/{each}/*" for each in names}

    assert places("ReadArtifacts") == objects("InputArtifacts")
    assert places("WriteArtifact") == objects("OutputArtifacts")
    (stream,) = places("WriteLog")
    own = project["LogsConfig"]["CloudWatchLogs"]["StreamName"]
    assert stream.endswith(f":log-group:${{BuildLogs}}:log-stream:{own}/*")


@pytest.mark.parametrize("name", NAMES)
def test_pip_reads_no_configuration_of_an_image(name: str) -> None:
    """That of Lambda's Python images makes it install elsewhere than into ``.venv``."""
    assert read(name)["env"]["variables"]["PIP_CONFIG_FILE"] == os.devnull


@pytest.mark.parametrize("name", NAMES)
def test_every_build_has_the_python_of_lambda(name: str) -> None:
    environment = project_of(name)["Environment"]
    if "LAMBDA" in environment["Type"]:
        assert environment["Image"].endswith(":python3.13")
    else:
        assert read(name)["phases"]["install"]["runtime-versions"] == {"python": "3.13"}


@pytest.mark.parametrize("name", ["unit.yml", "taskcat.yml"])
def test_what_grows_may_take_longer_than_lambda_gives(name: str) -> None:
    assert project_of(name)["TimeoutInMinutes"] > 15


def project_named(action: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of the project that an action runs, if it runs one."""
    named = action.get("Configuration", {}).get("ProjectName", {}).get("Ref")
    return dict(RESOURCES[named]["Properties"]) if named else {}


def users_of(name: str) -> list[dict[str, Any]]:
    """Return the actions that run a buildspec, one at least."""
    path = f"pipeline/buildspecs/{name}"
    users = [
        action
        for action in all_actions()
        if project_named(action).get("Source", {}).get("BuildSpec") == path
    ]
    assert users
    return users


def project_of(name: str) -> dict[str, Any]:
    """Return the properties of the project that runs a buildspec."""
    return project_named(users_of(name)[0])


@pytest.mark.parametrize("name", ["unit.yml", "taskcat.yml"])
def test_reports_go_to_the_groups_of_the_stack(name: str) -> None:
    groups = {
        group["Properties"]["Name"]["Fn::Sub"]
        for group in of_type("AWS::CodeBuild::ReportGroup").values()
    }
    reports = read(name)["reports"]
    assert {f"${{AWS::StackName}}-{Path(name).stem}-{report}" for report in reports} <= groups
    assert all(report["file-format"] == "JUNITXML" for report in reports.values())
