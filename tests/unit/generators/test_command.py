"""The command: it writes, and it notices every way in which files can be out of date."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generators import lanes
from generators.command import TEMPLATES, main, templates
from generators.editions import Edition

NAMES = [f"{each.value}.yaml" for each in Edition]


def test_writes_all_templates(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)
    assert main(["--check", "--output", str(tmp_path)]) == 0


def test_a_stale_template_fails_with_a_diff(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--output", str(tmp_path)])
    path = tmp_path / NAMES[0]
    path.write_bytes(path.read_bytes().replace(b"maxReceiveCount: 3", b"maxReceiveCount: 9"))
    assert main(["--check", "--output", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert f"stale: {path}" in out
    assert any(line.startswith("-") and "9" in line for line in out.splitlines())


def test_a_missing_template_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--output", str(tmp_path)])
    (tmp_path / NAMES[1]).unlink()
    assert main(["--check", "--output", str(tmp_path)]) == 1
    assert f"missing: {tmp_path / NAMES[1]}" in capsys.readouterr().out


def test_an_orphaned_template_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--output", str(tmp_path)])
    orphan = tmp_path / "application-old.yaml"
    orphan.write_text("{}")
    assert main(["--check", "--output", str(tmp_path)]) == 1
    assert f"orphaned: {orphan}" in capsys.readouterr().out


def test_an_unwritable_folder_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert main(["--output", str(blocked)]) == 2
    assert f"cannot write to {blocked}" in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_same_bytes_whatever_the_hash_seed(tmp_path: Path, seed: str) -> None:
    """Sets and dictionaries of strings must leave no trace in the output."""
    command = [sys.executable, "-m", "generators", "--output", str(tmp_path)]
    command += ["--processors", str(lanes.PROCESSORS)]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(command, check=True, cwd=TEMPLATES.parent, env=environment, capture_output=True)
    assert {name: (tmp_path / name).read_bytes() for name in NAMES} == templates()
