"""What taskcat gets to see, and that it knows nothing of this machine."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipeline import names
from pipeline.taskcat_tests import CONFIG, EXAMPLE_NAME, package_path
from serverlessapp.errors import OperatorError
from tests.acceptance import taskcat
from tests.acceptance.configuration import TaskcatTest
from tests.acceptance.taskcat import ROOT

TEMPLATE = Path("templates/application-ephemeral.yaml")
TESTS = [TaskcatTest(name="a", template=ROOT / TEMPLATE, regions=(), parameters={})]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with taskcat.home_with(ROOT, TESTS, "host", "1" * 12) as home:
        yield home
    assert not home.exists()


def test_nothing_but_configuration_templates_and_code_is_uploaded(home: Path) -> None:
    project = home / "project"
    files = [path.relative_to(project) for path in project.rglob("*") if path.is_file()]
    assert set(files) == {Path(CONFIG), Path(package_path(EXAMPLE_NAME)), TEMPLATE}
    assert (project / CONFIG).read_bytes() == (ROOT / CONFIG).read_bytes()


def test_every_test_gets_the_boundary_of_the_account(home: Path) -> None:
    """taskcat: what ``general`` gives counts before the project's and a test's own."""
    general = yaml.safe_load((home / CONFIG).read_text())["general"]
    arn = f"arn:aws:iam::{'1' * 12}:policy/{names.TASKCAT_BOUNDARY}"
    assert general["parameters"] == {"PermissionsBoundaryArn": arn}
    project = yaml.safe_load((ROOT / CONFIG).read_text())
    assert "PermissionsBoundaryArn" not in project["project"]["parameters"]


def run(home: Path, folder: Path, script: str) -> tuple[int, list[str]]:
    """Run a program in taskcat's place; return its exit code and what was shown."""
    program, shown = folder / "taskcat", list[str]()
    # By way of sh, as installers write it: no path in "#!" may have a space.
    start = f"#!/bin/sh\n'''exec' \"{sys.executable}\" \"$0\" \"$@\"\n' '''\n"
    program.write_text(f"{start}{script}\n")
    program.chmod(0o755)
    code = taskcat.run(
        home,
        TESTS,
        program=program,
        bucket="b",
        results=folder,
        variables={"AWS_ACCESS_KEY_ID": "k"},
        show=shown.append,
    )
    return code, shown


def test_lines_are_shown_without_colour_and_kept(home: Path, tmp_path: Path) -> None:
    script = "print('\\x1b[0;30;41m[ERROR  ]\\x1b[0m : no'); print(); raise SystemExit(3)"
    assert run(home, tmp_path, script) == (3, ["[ERROR  ] : no"])
    assert "[ERROR  ] : no" in (tmp_path / "taskcat.log").read_text()


def test_it_sees_no_settings_of_the_user(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    script = "import os; print(*sorted(f'{k}={v}' for k, v in os.environ.items()), sep='\\n')"
    code, shown = run(home, tmp_path, script)
    seen = dict(line.split("=", 1) for line in shown if "=" in line)
    assert code == 0
    assert seen["HOME"] == str(home)
    assert seen["AWS_CONFIG_FILE"] == seen["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert (seen["AWS_ACCESS_KEY_ID"], seen["TASKCAT_PROJECT_S3_BUCKET"]) == ("k", "b")
    assert "AWS_PROFILE" not in seen
    assert "AWS_SECRET_ACCESS_KEY" not in seen


def test_without_taskcat_it_says_what_to_do(home: Path, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="tox run -e taskcat"):
        taskcat.run(
            home,
            TESTS,
            program=tmp_path / "no",
            bucket="",
            results=tmp_path,
            variables={},
            show=print,
        )
