"""What a build hands on, and by which version."""

import hashlib
from pathlib import Path

import pytest

from generators import __version__
from pipeline.artifacts import assemble
from pipeline.command import main
from serverlessapp.releases.archive import SUMS

NAMES = ("application", "application-ephemeral", "pipeline")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.yaml").write_text(name, encoding="utf-8")
    return folder


def freeze(templates: Path, version: str) -> Path:
    frozen = templates / "releases" / version
    frozen.mkdir(parents=True)
    for name in NAMES:
        (frozen / f"{name}.yaml").write_text(name, encoding="utf-8")
    (frozen / "manifest.json").write_text("{}", encoding="utf-8")
    (frozen / SUMS).write_text("frozen sums", encoding="utf-8")
    return frozen


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_not_released_is_a_pre_release(templates: Path, tmp_path: Path) -> None:
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0-dev"
    assert (tmp_path / "dist/VERSION").read_text(encoding="utf-8") == "1.2.0-dev\n"
    release = files(tmp_path / "dist/release")
    assert set(release) == {*(f"{name}.yaml" for name in NAMES), SUMS}
    for line in release.pop(SUMS).decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(release.pop(name)).hexdigest() == digest
    assert release == {}


def test_an_environment_whose_role_would_reach_another_is_refused(tmp_path: Path) -> None:
    for name in ("prod", "production", "prod-eu"):
        (tmp_path / f"{name}.json").touch()
    with pytest.raises(ValueError, match="rename prod-eu,"):
        assemble(tmp_path / "dist", environments=tmp_path)


def test_what_is_released_is_that_version_with_its_frozen_bytes(
    templates: Path, tmp_path: Path
) -> None:
    frozen = freeze(templates, "1.2.0")
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0"
    assert files(tmp_path / "dist/release") == files(frozen)


def test_a_change_after_the_release_is_a_pre_release_again(templates: Path, tmp_path: Path) -> None:
    freeze(templates, "1.2.0")
    (templates / "application.yaml").write_text("changed", encoding="utf-8")
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0-dev"


def test_a_template_that_went_away_makes_it_a_pre_release(templates: Path, tmp_path: Path) -> None:
    freeze(templates, "1.2.0")
    (templates / "application-ephemeral.yaml").unlink()
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0-dev"


def test_nothing_of_an_earlier_call_is_left(templates: Path, tmp_path: Path) -> None:
    assemble(tmp_path / "dist", version="1.2.0", templates=templates)
    (templates / "pipeline.yaml").unlink()
    assemble(tmp_path / "dist", version="1.2.0", templates=templates)
    assert "pipeline.yaml" not in files(tmp_path / "dist/templates")


def test_an_empty_version_is_refused(templates: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="version is empty"):
        assemble(tmp_path / "dist", version="", templates=templates)


def test_the_command_says_which_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["artifacts", "--output", str(tmp_path)]) == 0
    assert f"version {__version__}" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {
        "VERSION",
        "environments",
        "release",
        "templates",
    }


def test_a_folder_that_cannot_be_written_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dist").write_text("a file", encoding="utf-8")
    assert main(["artifacts", "--output", str(tmp_path / "dist")]) == 2
    assert capsys.readouterr().err.startswith("error: ")
