"""``--aws``, with an emulator in AWS's place: shown first, and only in the role."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators.render import render
from local import stacks
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import EVERYTHING, policy, user
from pipeline import taskcat_role
from tests.acceptance import emulated
from tests.acceptance.staging import ROOT

from .conftest import Project, held

BUILD_ROLE = "serverlessapp-pipeline-TaskcatBuildRole-EMULATED"
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture
def role_arn(emulator: Emulator) -> str:
    """Make the role for taskcat, which nobody but the pipeline's build may take."""
    cloudformation = user(emulator.session(emulated.HOME), "administrator", EVERYTHING).client(
        "cloudformation"
    )
    outputs = stacks.deploy(
        cloudformation,
        stack=emulated.ROLE_STACK,
        template=render(taskcat_role.build()).decode(),
        parameters={},
    )
    return outputs["TaskcatRoleArn"]


def build(emulator: Emulator) -> dict[str, str]:
    """Return the environment of a CodeBuild project that runs in the pipeline's role for it."""
    root = emulator.session(emulated.HOME)
    starter = user(root, "administrator-of-builds", ASSUME)
    arn = starter.client("sts").get_caller_identity()["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    role = root.client("iam").create_role(
        RoleName=BUILD_ROLE, AssumeRolePolicyDocument=policy(trust)
    )["Role"]["Arn"]
    root.client("iam").put_role_policy(
        RoleName=BUILD_ROLE, PolicyName="own", PolicyDocument=policy(ASSUME)
    )
    taken = starter.client("sts").assume_role(RoleArn=role, RoleSessionName="build")["Credentials"]
    return {
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_ACCESS_KEY_ID": taken["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": taken["SecretAccessKey"],
        "AWS_SESSION_TOKEN": taken["SessionToken"],
        "ACCEPTANCE_POLL_SECONDS": "0.5",
    }


def run(
    project: Project, environment: dict[str, str], *options: str
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [
        sys.executable,
        "-m",
        "tests.acceptance",
        "--programs",
        os.environ["ACCEPTANCE_PROGRAMS"],
    ]
    command += ["--project", str(project.folder), "--reports", str(project.folder / "reports")]
    return subprocess.run(
        [*command, *options],
        cwd=ROOT,
        env=clean | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def left(session: EmulatorSession) -> dict[str, list[str]]:
    found = held(session)
    return {kind: names for kind, names in found.items() if names != [BUILD_ROLE]}


def test_the_pipelines_build_runs_it_in_the_role(
    project: Project, emulator: Emulator, role_arn: str
) -> None:
    project.write()
    done = run(project, build(emulator), "--aws", "--yes", "--role-arn", role_arn)
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("account    123456789012", "Regions    us-west-2", "1 stack named tCaT-*"):
        assert line in done.stdout
    assert "cost       about $0." in done.stdout
    assert "assumed-role/taskcat-role-TaskcatRole" in done.stdout
    assert (project.folder / "reports/taskcat.xml").is_file()
    assert (project.folder / "reports/taskcat/index.html").is_file()
    assert not left(emulator.session("us-west-2"))


def test_nothing_is_made_before_somebody_agrees(
    project: Project, emulator: Emulator, role_arn: str
) -> None:
    project.write()
    done = run(project, build(emulator), "--aws", "--role-arn", role_arn)
    assert done.returncode == 2
    assert "nothing was done" in done.stderr
    created = emulator.session("us-west-2").client("cloudformation").list_stacks()
    assert not created["StackSummaries"]


def test_nobody_else_may_take_the_role(project: Project, emulator: Emulator, role_arn: str) -> None:
    project.write()
    other = user(emulator.session(emulated.HOME), "other", ASSUME)
    done = run(project, other.environment, "--aws", "--yes", "--role-arn", role_arn)
    assert done.returncode == 2
    assert "AccessDenied" in done.stderr
    assert "Traceback" not in done.stderr


def test_credentials_alone_choose_no_account(project: Project, tmp_path: Path) -> None:
    """Without --aws, all of it stays on an emulator, whatever the environment says."""
    project.write()
    nowhere = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "real",
        "AWS_SECRET_ACCESS_KEY": "real",
    }
    done = run(project, nowhere)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("option", [("--role-arn", "arn:aws:iam::1:role/x"), ("--profile", "p")])
def test_an_account_is_chosen_explicitly(project: Project, option: tuple[str, str]) -> None:
    project.write()
    done = run(project, {}, *option)
    assert done.returncode == 2
    assert "add --aws" in done.stderr
