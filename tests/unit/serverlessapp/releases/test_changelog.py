"""What the changelog says about a version."""

from pathlib import Path

import pytest

from serverlessapp.releases import changelog
from serverlessapp.releases.changelog import CHANGELOG, ChangelogEntry
from serverlessapp.releases.version import Version

TEXT = """\
# Changelog

## [Unreleased]

Coming.

## [0.2.0] - 2026-02-03

### Changed

- Replaces resource
  `Ledger`; Secret stays. Removes resources A, `B` and C.

## [0.1.0] - unreleased
"""


@pytest.fixture
def entries(tmp_path: Path) -> list[ChangelogEntry]:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(TEXT)
    return changelog.read(path)


def test_sections(entries: list[ChangelogEntry]) -> None:
    assert [(entry.name, entry.date) for entry in entries] == [
        ("Unreleased", ""),
        ("0.2.0", "2026-02-03"),
        ("0.1.0", ""),
    ]
    assert entries[0].text == "Coming."
    assert entries[2].text == ""


def test_a_resource_is_announced_by_its_name_after_the_word(entries: list[ChangelogEntry]) -> None:
    entry = entries[1]
    assert entry.announces("Ledger")
    assert not entry.announces("Ledge")
    assert not entry.announces("Secret")
    assert all(entry.announces(name) for name in "ABC")


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("0.1.0", "0.2.0", ["Unreleased", "0.2.0"]),
        ("0.1.0", "0.2.0.dev0", ["Unreleased", "0.2.0"]),
        ("0.2.0", "0.2.1.dev0", ["Unreleased"]),
        (None, "0.2.0", ["Unreleased", "0.2.0", "0.1.0"]),
        (None, "0.1.0", ["Unreleased", "0.1.0"]),
    ],
)
def test_the_way_between_two_versions(
    entries: list[ChangelogEntry], old: str | None, new: str, names: list[str]
) -> None:
    before = Version.parse(old) if old else None
    sections = changelog.between(entries, before, Version.parse(new))
    assert [entry.name for entry in sections] == names


def test_our_own_changelog_is_read() -> None:
    assert "0.1.0" in [entry.name for entry in changelog.read(CHANGELOG)]
