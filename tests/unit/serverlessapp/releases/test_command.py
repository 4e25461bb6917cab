"""Freezing a version, and that it gives the same bytes everywhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generators import __version__
from generators.command import TEMPLATES as COMMITTED
from generators.command import templates
from serverlessapp.cli.main import main
from serverlessapp.releases.archive import RELEASES, TEMPLATES
from serverlessapp.releases.changelog import CHANGELOG
from serverlessapp.releases.version import Version

VERSION = str(Version.parse(__version__).final)
# What runs where: releasing a final version, whatever is under development now.
RELEASE = """\
import sys
import generators
generators.__version__ = sys.argv[1]
from generators.command import main
main(["--output", "templates"])
from serverlessapp.diff.sources import current
from serverlessapp.releases import archive, changelog, freeze
entries = changelog.read(changelog.CHANGELOG)
freeze.freeze(sys.argv[1], current(), entries, archive.RELEASES)
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder to stand in, with a version in its changelog and its templates."""
    monkeypatch.chdir(tmp_path)
    CHANGELOG.write_text(f"## [{VERSION}] - 2026-01-02\n\n- Everything.\n")
    TEMPLATES.mkdir()
    for name, content in templates().items():
        (TEMPLATES / name).write_bytes(content.replace(__version__.encode(), VERSION.encode()))
    return tmp_path


def released_in(place: Path) -> dict[str, bytes]:
    """Return all files that a process of its own releases."""
    place.mkdir()
    shutil.copy(CHANGELOG, place)
    done = subprocess.run(
        [sys.executable, "-c", RELEASE, VERSION],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(COMMITTED.parent), "PYTHONHASHSEED": place.name},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in (place / RELEASES / VERSION).iterdir()}


def test_the_same_bytes_twice(checkout: Path) -> None:
    """Another Python's are those of ``python -m generators --check``, in its own environment."""
    first = released_in(checkout / "1")
    assert {"SHA256SUMS", "manifest.json", "application.yaml"} <= set(first)
    assert released_in(checkout / "2") == first


def test_other_templates_of_the_folder_are_released_as_they_are(checkout: Path) -> None:
    other = b'{"Resources": {"Role": {"Type": "AWS::IAM::Role"}}}'
    (TEMPLATES / "deploy-role.yaml").write_bytes(other)
    assert main(["release"]) == 0
    assert (RELEASES / VERSION / "deploy-role.yaml").read_bytes() == other


def test_a_release_is_made_once(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release"]) == 0
    assert main(["release"]) == 0
    assert f"{VERSION} was already released" in capsys.readouterr().out
    with (TEMPLATES / "application.yaml").open("a") as file:
        file.write(" ")
    assert main(["release"]) == 2
    assert "was released with different content" in capsys.readouterr().err


def test_a_changelog_that_is_not_there(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    CHANGELOG.unlink()
    assert main(["release"]) == 2
    assert "CHANGELOG.md" in capsys.readouterr().err
