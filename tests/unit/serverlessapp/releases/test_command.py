"""``python -m serverlessapp.releases``, and that it gives the same bytes everywhere."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from generators import __version__
from generators.command import TEMPLATES, main, templates
from serverlessapp.diff.sources import current
from serverlessapp.releases.version import Version

ROOT = TEMPLATES.parent
VERSION = str(Version.parse(__version__).final)
NAMES = [f"python3.{minor}" for minor in range(11, 16) if minor != sys.version_info.minor]
# What runs where: releasing a final version, whatever is under development now.
RELEASE = """\
import sys, types
sys.modules["cfn_flip"] = types.ModuleType("cfn_flip")
import generators
generators.__version__ = sys.argv.pop(1)
from generators.command import main
templates = sys.argv.pop(1)
main(["--output", templates])
raise SystemExit(main(["release", "--templates", templates, *sys.argv[1:]]))
"""


@pytest.fixture
def changelog(tmp_path: Path) -> Path:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(f"## [{VERSION}] - 2026-01-02\n\n- Everything.\n")
    return path


def pythons(name: str) -> list[Path]:
    """Return interpreters of this name, also those that only pyenv knows."""
    on_path = shutil.which(name)
    known = sorted(Path.home().glob(f".pyenv/versions/*/bin/{name}"))
    return [Path(on_path)] if on_path and "shims" not in on_path else known


def released_by(python: Path, place: Path, changelog: Path) -> dict[str, bytes]:
    """Return all files that an interpreter releases."""
    paths = [str(ROOT), sysconfig.get_path("purelib")]
    where = ("--releases", place / "releases", "--changelog", changelog)
    done = subprocess.run(
        [str(part) for part in (python, "-c", RELEASE, VERSION, place / "templates", *where)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": place.name},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in (place / "releases" / VERSION).iterdir()}


def test_the_same_bytes_twice_and_with_another_python(tmp_path: Path, changelog: Path) -> None:
    first = released_by(Path(sys.executable), tmp_path / "1", changelog)
    assert {"SHA256SUMS", "manifest.json", "application.yaml"} <= set(first)
    assert released_by(Path(sys.executable), tmp_path / "2", changelog) == first
    others = [found for name in NAMES for found in pythons(name)]
    if not others:
        pytest.skip("there is no other Python here")
    assert released_by(others[0], tmp_path / "3", changelog) == first


def test_stale_templates_are_refused(
    tmp_path: Path, changelog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--output", str(tmp_path / "t")])
    with (tmp_path / "t" / "application.yaml").open("a") as file:
        file.write(" ")
    where = ["--templates", str(tmp_path / "t"), "--changelog", str(changelog)]
    assert main(["release", *where, "--releases", str(tmp_path / "r")]) == 1
    assert "not released: the templates are not up to date" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_other_templates_of_the_folder_are_released_as_they_are(
    tmp_path: Path, changelog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["--output", str(tmp_path / "t")])
    other = b'{"Resources": {"Role": {"Type": "AWS::IAM::Role"}}}'
    (tmp_path / "t" / "deploy-role.yaml").write_bytes(other)
    monkeypatch.setattr("serverlessapp.releases.command.__version__", VERSION)
    where = ["--templates", str(tmp_path / "t"), "--changelog", str(changelog)]
    assert main(["release", *where, "--releases", str(tmp_path / "r")]) == 0
    assert (tmp_path / "r" / VERSION / "deploy-role.yaml").read_bytes() == other


def test_what_is_generated_counts_not_what_is_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "application.yaml").write_bytes(b"stale")
    (tmp_path / "application-old.yaml").write_bytes(b"orphaned")
    assert current(tmp_path) == templates()


def test_a_changelog_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "none.md")
    assert main(["release", "--changelog", missing, "--releases", str(tmp_path / "r")]) == 2
    assert "none.md" in capsys.readouterr().err


def test_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["release", "--help"])
    out = capsys.readouterr().out
    assert "python -m serverlessapp.releases  " in out
    assert "1 refused" in out
