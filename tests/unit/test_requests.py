"""What code hosts run: environments that are there, no mistakes, a report that stays text."""

import base64
import configparser
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
REQUEST, COMMENT = (
    ROOT / ".github/workflows" / name for name in ("pull-request.yml", "comment.yml")
)
DEPLOY, GITLAB = ROOT / "docs/requests/deploy.yml", ROOT / "docs/requests/gitlab-ci.yml"
HOSTED = (REQUEST, COMMENT, DEPLOY)
EVERYWHERE = (*HOSTED, GITLAB)
TOX = configparser.ConfigParser(interpolation=None)
TOX.read(ROOT / "tox.ini")
BIN = Path(sys.executable).parent


def names(text: str) -> list[str]:
    return re.split(r"[,\s]+", text.strip())


def labelled(*labels: str) -> list[str]:
    """Return what ``make test`` runs under these labels."""
    lines = dict(line.split(" = ") for line in TOX["tox"]["labels"].strip().splitlines())
    return [name for label in labels for name in names(lines[label])]


def script(workflow: Path, name: str) -> str:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"] if step.get("name") == name]
    return str(steps[0]["run"])


def test_a_pull_request_passes_what_make_test_runs() -> None:
    github = yaml.safe_load(REQUEST.read_text())["jobs"]["test"]["strategy"]["matrix"]
    assert sorted(github["environment"]) == sorted(labelled("quick", "long"))
    (gitlab,) = yaml.safe_load(GITLAB.read_text())["test"]["parallel"]["matrix"]
    # Its image has one version of Python.
    assert {*gitlab["ENVIRONMENT"]} == {*labelled("quick", "long")} - {"unit-py311"}


def test_what_is_linted_is_everything() -> None:
    commands = TOX["testenv:lint"]["commands"]
    assert {*ROOT.glob(".github/workflows/*")} == {REQUEST, COMMENT}
    for path in EVERYWHERE:
        assert str(path.relative_to(ROOT)) in commands


@pytest.mark.parametrize("path", EVERYWHERE, ids=lambda path: path.name)
def test_what_runs_is_there(path: Path) -> None:
    text = path.read_text()
    sections = {name.removeprefix("testenv:").partition("{")[0] for name in TOX.sections()}
    for line in re.findall(r"tox run -e (\S+)", text):
        assert line == '"$ENVIRONMENT"' or line in sections
    targets = re.findall(r"^([a-z]+|\$\(TOX\)):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for target in re.findall(r"\bmake (\S+)", re.sub(r"#.*", "", text)):
        assert target.replace(".venv/bin/tox", "$(TOX)") in targets


@pytest.mark.parametrize("path", HOSTED, ids=lambda path: path.name)
def test_nothing_is_granted_beyond_need(path: Path) -> None:
    content = yaml.safe_load(path.read_text())
    assert content["permissions"] in ({}, {"contents": "read"})
    # YAML 1.1 reads "on" as true.
    assert "pull_request_target" not in content[True]
    for job in content["jobs"].values():
        assert job["timeout-minutes"] <= 60
        assert job["runs-on"] != "ubuntu-latest"
        assert job.get("permissions", {}).get("contents", "read") == "read"
    assert "secrets." not in path.read_text()
    for action in re.findall(r"uses: (.*)", path.read_text()):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def seeded(path: Path, old: str, new: str, folder: Path) -> Path:
    text = path.read_text()
    assert old in text
    copy = folder / ".github/workflows" / path.name
    copy.parent.mkdir(parents=True)
    copy.write_text(text.replace(old, new, 1))
    return copy


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (REQUEST, "persist-credentials: false", "clean: true"),
        (REQUEST, "@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "@main"),
        (REQUEST, "pull_request:", "pull_request_target:"),
        (REQUEST, 'run: .venv/bin/tox run -e "$ENVIRONMENT"', "run: echo ${{ github.head_ref }}"),
        (REQUEST, "contents: read", "contents: write"),
        (COMMENT, "permissions: {}", "permissions: write-all"),
        (DEPLOY, "id-token: write # for the role", "id-token: write"),
    ],
)
def test_what_is_dangerous_is_found(path: Path, old: str, new: str, tmp_path: Path) -> None:
    copy = seeded(path, old, new, tmp_path)
    command = [str(BIN / "zizmor"), "--offline", "--pedantic", "--no-progress", str(copy)]
    assert subprocess.run(command, capture_output=True, check=False).returncode > 10


@pytest.mark.parametrize(
    ("schema", "path", "old", "new"),
    [
        ("github-workflows", REQUEST, "runs-on:", "run-on:"),
        ("github-workflows", REQUEST, "timeout-minutes: 30", "timeout: 30"),
        ("github-workflows", COMMENT, "pull-requests: write", "pull-request: write"),
        ("github-workflows", DEPLOY, "steps:", "step:"),
        ("gitlab-ci", GITLAB, "parallel:", "parallell:"),
        ("gitlab-ci", GITLAB, "paths: [diff.txt]", "path: [diff.txt]"),
    ],
)
def test_what_hosts_do_not_know_is_found(
    schema: str, path: Path, old: str, new: str, tmp_path: Path
) -> None:
    copy = seeded(path, old, new, tmp_path)
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", f"vendor.{schema}", str(copy)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bash(tmp_path: Path) -> Run:
    """Return what runs a step as GitHub does, with programs of our own in front."""

    def run(
        text: str, programs: dict[str, str], **variables: str
    ) -> subprocess.CompletedProcess[str]:
        for name, content in programs.items():
            program = tmp_path / name
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text(f"#!/bin/sh\n{content}\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        (tmp_path / "step.sh").write_text(text)
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", **variables}
        return subprocess.run(
            ["/bin/bash", "-e", "step.sh"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize(("grade", "code"), [(0, 0), (3, 0), (4, 0), (1, 1), (2, 2)])
def test_a_grade_is_no_failure(bash: Run, tmp_path: Path, grade: int, code: int) -> None:
    programs = {"git": "cd base && tar -c .", ".venv/bin/serverlessapp": f"echo $2; exit {grade}"}
    (tmp_path / "base/base").mkdir(parents=True)
    assert bash(script(REQUEST, "compare"), programs).returncode == code
    assert (tmp_path / "diff.txt").read_text() == "base/templates\n"


@pytest.mark.parametrize(
    ("refused", "there", "code"),
    [(0, "", 0), (1, "$sum", 0), (1, "mine", 1), (1, "None", 1)],
)
def test_what_has_the_name_of_a_package_is_that_package(
    bash: Run, tmp_path: Path, refused: int, there: str, code: int
) -> None:
    """Somebody who could push once may have put it there; AWS CLI prints None for no checksum."""
    put, _, _ = script(DEPLOY, "prepare").partition("digest=")
    (tmp_path / "a.zip").write_bytes(b"code")
    sum_ = base64.b64encode(hashlib.sha256(b"code").digest()).decode()
    answer = there.replace("$sum", sum_)
    aws = f'case "$2" in put-object) exit {refused} ;; *) echo "{answer}" ;; esac'
    ran = bash(f"{put}\nput a.zip a.zip", {"aws": aws}, BUCKET="ours")
    assert ran.returncode == code
    assert ("a.zip in ours is not what was built" in ran.stdout) is bool(code)


# Answers as gh does, and writes down what it is told.
GH = """\
case "$*" in
run*) mkdir artifact; cp -P report artifact/diff.txt ;;
*pulls*) echo "$NUMBERS" ;;
*--paginate*) echo "$IDS" ;;
*) echo "$*" >> told ;;
esac"""


def commented(bash: Run, numbers: str = "7", ids: str = "") -> subprocess.CompletedProcess[str]:
    given: dict[str, Any] = {"RUN": "1", "HEAD": "a:b", "HEAD_SHA": "c0ffee", "GH_REPO": "o/r"}
    mark = yaml.safe_load(COMMENT.read_text())["jobs"]["comment"]["steps"][0]["env"]["MARK"]
    return bash(
        script(COMMENT, "comment"), {"gh": GH}, **given, MARK=mark, NUMBERS=numbers, IDS=ids
    )


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        ("", "--method POST repos/o/r/issues/7/comments"),
        ("12", "--method PATCH repos/o/r/issues/comments/12"),
        ("12\n13", "--method PATCH repos/o/r/issues/comments/12"),
    ],
)
def test_there_is_one_comment(bash: Run, tmp_path: Path, ids: str, told: str) -> None:
    (tmp_path / "report").write_text("nothing changes\n")
    assert commented(bash, ids=ids).returncode == 0
    assert (tmp_path / "told").read_text() == f"api --silent {told} -F body=@comment.md\n"
    assert (tmp_path / "comment.md").read_text().endswith("\n\n    nothing changes\n")


def test_a_pull_request_that_has_moved_on_gets_none(bash: Run, tmp_path: Path) -> None:
    (tmp_path / "report").write_text("nothing changes\n")
    assert commented(bash, numbers="").returncode == 0
    assert not (tmp_path / "told").exists()


def test_a_report_stays_text(bash: Run, tmp_path: Path) -> None:
    """Whoever sent the pull request wrote it."""
    hostile = "```\n@everybody\r[x](https://a)\x1b[2J\u202e\n\n<img src=a>\n"
    (tmp_path / "report").write_text(hostile * 3000, newline="")
    assert commented(bash).returncode == 0
    comment = (tmp_path / "comment.md").read_text()
    assert len(comment) < 65536
    assert comment.isascii()
    _, _, block = comment.partition("\n\n")
    assert all(line.startswith("    ") for line in block.splitlines()[:-1])
    assert not re.search(r"[\r\x1b]", comment)


def test_a_report_is_no_link_to_a_file_of_the_runner(bash: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(json.dumps({"token": "secret"}))
    (tmp_path / "report").symlink_to(tmp_path / "secret")
    assert commented(bash).returncode == 1
    assert not (tmp_path / "told").exists()


AWS = """\
case "$*" in
*describe-stacks*) test "$STATUS" && echo "$STATUS" ;;
*create-change-set*) echo "$*" > told; echo the-arn ;;
*wait*) test -z "$REASON" ;;
*describe-change-set*) echo "$REASON" ;;
esac"""
SAME = "The submitted information didn't contain changes."


@pytest.mark.parametrize(
    ("status", "reason", "kind", "code", "made"),
    [
        ("", "", "CREATE", 0, "change-set=the-arn\n"),
        ("REVIEW_IN_PROGRESS", "", "CREATE", 0, "change-set=the-arn\n"),
        ("UPDATE_COMPLETE", "", "UPDATE", 0, "change-set=the-arn\n"),
        ("UPDATE_COMPLETE", SAME, "UPDATE", 0, ""),
        ("UPDATE_COMPLETE", "Access denied", "UPDATE", 1, ""),
    ],
)
def test_a_stack_is_prepared_as_it_is_found(
    bash: Run, tmp_path: Path, status: str, reason: str, kind: str, code: int, made: str
) -> None:
    """One that was prepared and never made is in review; where nothing changes, nobody is asked."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/application.yaml").touch()
    compare = f"echo compared; exit {3 if kind == 'UPDATE' else 9}"
    programs = {"aws": AWS, "jq": "echo []", ".venv/bin/serverlessapp": compare}
    files = {"GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary"}
    for name in files.values():
        (tmp_path / name).touch()
    given = {"STATUS": status, "REASON": reason, "STACK": "s", "BUCKET": "b", "ACCOUNT": "a"}
    given |= {"GITHUB_RUN_ID": "1", "GITHUB_RUN_ATTEMPT": "1", "AWS_REGION": "r", **files}
    assert bash(script(DEPLOY, "prepare"), programs, **given).returncode == code
    assert f"--change-set-type {kind} " in (tmp_path / "told").read_text()
    assert (tmp_path / "output").read_text() == made
    assert ("compared" in (tmp_path / "summary").read_text()) is (kind == "UPDATE")
