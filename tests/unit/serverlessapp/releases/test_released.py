"""What was released never changes, and what comes next keeps the version policy."""

import subprocess
from pathlib import Path

import pytest

from generators import __version__
from serverlessapp.releases import changelog, policy
from serverlessapp.releases.archive import RELEASES, Release, releases
from serverlessapp.releases.changelog import CHANGELOG
from serverlessapp.releases.freeze import between
from serverlessapp.releases.version import Version
from tests.generated import generated

RELEASED = releases(RELEASES)


def git(*arguments: str, folder: Path = RELEASES.parent.parent) -> str:
    """Return what git says; skip where there is no git, or no history of ours."""
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no history: {error}")
    return done.stdout


@pytest.mark.parametrize("release", RELEASED, ids=lambda release: str(release.version))
def test_released_bytes_are_those_of_the_checksums(release: Release) -> None:
    assert release.damage() == []
    assert release.version.is_final


def changed_in_history(folder: Path) -> list[str]:
    """Return changes of released files, committed or not; adding is none."""
    only = ("--no-renames", "--diff-filter=a", "--name-only", "--format=%h")
    where = ("--", "templates/releases")
    committed = git("log", "-m", *only, *where, folder=folder).split()
    return [*committed, *git("diff", *only[:3], "HEAD", *where, folder=folder).split()]


def test_released_bytes_never_changed_in_history() -> None:
    assert changed_in_history(RELEASES.parent.parent) == []


def test_a_change_in_history_is_found(tmp_path: Path) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    file = tmp_path / "templates/releases/0.1.0/a.template.json"
    file.parent.mkdir(parents=True)
    file.write_text("a")
    git("init", "-q", folder=tmp_path)
    git("add", ".", folder=tmp_path)
    git(*who, "commit", "-qm", "one", folder=tmp_path)
    assert changed_in_history(tmp_path) == []
    file.write_text("b")
    assert changed_in_history(tmp_path) == ["templates/releases/0.1.0/a.template.json"]
    git(*who, "commit", "-qam", "two", folder=tmp_path)
    file.write_text("a")
    git(*who, "commit", "-qam", "back to the same bytes", folder=tmp_path)
    assert len(changed_in_history(tmp_path)) > 0
    file.rename(file.with_name("b.template.json"))
    git("add", ".", folder=tmp_path)
    assert "templates/releases/0.1.0/a.template.json" in changed_in_history(tmp_path)


def test_the_version_is_raised_as_much_as_the_changes_demand() -> None:
    """CONTRIBUTING.md, "Versions"; ``serverlessapp diff`` tells what changes."""
    if not RELEASED:
        pytest.skip("nothing was released yet")
    last, now = RELEASED[-1], Version.parse(__version__)
    files = {f"{name}.yaml": content for name, content in generated().items()}
    if now == last.version:
        assert files == last.templates(), f"{now} is released; raise __version__ to change it"
        return
    entries = changelog.between(changelog.read(CHANGELOG), last.version, now)
    assert policy.violations(last.version, now, between(last, now, files), entries) == []
    assert now > last.version
