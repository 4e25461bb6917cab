"""``--aws``, with an emulator in AWS's place: shown first, and only in the role."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from local.emulator import Emulator
from local.enforcement.principals import administrator, policy, user
from pipeline.names import TASKCAT_ROLE
from tests.acceptance.__main__ import main
from tests.acceptance.account import AT_ONCE, HOME, make_role
from tests.acceptance.taskcat import ROOT

from .conftest import BUILD_ROLE, Checkout, held

ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}


class Ended(NamedTuple):
    """A process that is over."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture
def role_arn(emulator: Emulator) -> str:
    """Make the role for taskcat, which nobody but the pipeline's build may take."""
    return make_role(administrator(emulator.session(HOME)))


def build(emulator: Emulator) -> dict[str, str]:
    """Return the environment of a CodeBuild project that runs in the pipeline's role for it."""
    root = emulator.session(HOME)
    starter = user(root, "administrator-of-builds", ASSUME)
    arn = starter.client("sts").get_caller_identity()["Arn"]
    trust = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    role = root.client("iam").create_role(
        RoleName=BUILD_ROLE, AssumeRolePolicyDocument=policy(trust)
    )["Role"]["Arn"]
    root.client("iam").put_role_policy(
        RoleName=BUILD_ROLE, PolicyName="own", PolicyDocument=policy(ASSUME)
    )
    return starter.assuming(role, "build").environment | AT_ONCE


def start(project: Checkout, environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.acceptance", *options),
            *("--programs", os.environ["ACCEPTANCE_PROGRAMS"]),
            *("--project", str(project.folder), "--reports", str(project.folder / "reports")),
        ],
        cwd=ROOT,
        env=clean | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A terminal's Ctrl-C, also where whoever runs the tests ignores it.
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def run(project: Checkout, environment: dict[str, str], *options: str) -> Ended:
    process = start(project, environment, *options)
    out, err = process.communicate()
    return Ended(process.returncode, out, err)


def test_the_pipelines_build_runs_it_in_the_role(
    project: Checkout, emulator: Emulator, role_arn: str
) -> None:
    project.write()
    done = run(project, build(emulator), "--aws", "--yes", "--role-arn", role_arn)
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("account    123456789012", "Regions    us-west-2", "1 stack named tCaT-*"):
        assert line in done.stdout
    assert "cost       about $0." in done.stdout
    assert f"assumed-role/{TASKCAT_ROLE}/" in done.stdout
    assert (project.folder / "reports/taskcat.xml").is_file()
    assert (project.folder / "reports/taskcat/index.html").is_file()
    assert not held(emulator.session("us-west-2"))


def test_nothing_is_made_before_somebody_agrees(
    project: Checkout, emulator: Emulator, role_arn: str
) -> None:
    project.write()
    done = run(project, build(emulator), "--aws", "--role-arn", role_arn)
    assert done.returncode == 2
    assert "nothing was changed" in done.stderr
    created = emulator.session("us-west-2").client("cloudformation").list_stacks()
    assert not created["StackSummaries"]


def test_ctrl_c_leaves_nothing_behind(project: Checkout, emulator: Emulator, role_arn: str) -> None:
    project.tests = ("kept",)
    project.write()
    process = start(project, build(emulator), "--aws", "--yes", "--role-arn", role_arn)
    with process:
        assert process.stdout
        next(line for line in process.stdout if "kept us-west-2: uploads" in line)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130, out + err
    assert "interrupted" in out
    assert not held(emulator.session("us-west-2")), out


def test_nobody_else_may_take_the_role(
    project: Checkout, emulator: Emulator, role_arn: str
) -> None:
    project.write()
    other = user(emulator.session(HOME), "other", ASSUME)
    done = run(project, other.environment, "--aws", "--yes", "--role-arn", role_arn)
    assert done.returncode == 2
    assert "AccessDenied" in done.stderr
    assert "Traceback" not in done.stderr


def test_credentials_alone_choose_no_account(project: Checkout, tmp_path: Path) -> None:
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
def test_an_account_is_chosen_explicitly(
    option: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--programs", "nowhere", *option])
    assert "add --aws" in capsys.readouterr().err
