"""taskcat runs as a program of its own that knows nothing of this machine."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance import runner
from tests.acceptance.staging import Staged, stage


@pytest.fixture(scope="module")
def staged() -> Iterator[Staged]:
    with stage() as ready:
        yield ready


def program(folder: Path, script: str) -> Path:
    path = folder / "taskcat"
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o755)
    return path


def run(staged: Staged, path: Path, folder: Path) -> tuple[int, list[str]]:
    shown: list[str] = []
    code = runner.run(
        staged,
        program=path,
        bucket="b",
        results=folder,
        variables={"AWS_ACCESS_KEY_ID": "k"},
        show=shown.append,
    )
    return code, shown


def test_lines_are_shown_without_colour_and_kept(staged: Staged, tmp_path: Path) -> None:
    script = "print('\\x1b[0;30;41m[ERROR  ]\\x1b[0m : no'); print(); raise SystemExit(3)"
    assert run(staged, program(tmp_path, script), tmp_path) == (3, ["[ERROR  ] : no"])
    assert "[ERROR  ] : no" in (tmp_path / "taskcat.log").read_text()


def test_it_sees_no_settings_of_the_user(
    staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    script = "import os; print(*sorted(f'{k}={v}' for k, v in os.environ.items()), sep='\\n')"
    code, shown = run(staged, program(tmp_path, script), tmp_path)
    seen = dict(line.split("=", 1) for line in shown if "=" in line)
    assert code == 0
    assert seen["HOME"] == str(staged.home)
    assert seen["AWS_CONFIG_FILE"] == seen["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert (seen["AWS_ACCESS_KEY_ID"], seen["TASKCAT_PROJECT_S3_BUCKET"]) == ("k", "b")
    assert "AWS_PROFILE" not in seen
    assert "AWS_SECRET_ACCESS_KEY" not in seen


def test_without_taskcat_it_says_what_to_do(staged: Staged, tmp_path: Path) -> None:
    with pytest.raises(runner.TaskcatError, match="tox run -e taskcat"):
        run(staged, tmp_path / "nothing", tmp_path)
