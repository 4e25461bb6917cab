"""Reads CHANGELOG.md: when a version was released, and what its users were told."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from serverlessapp.releases.version import Version, VersionError

CHANGELOG = Path("CHANGELOG.md")  # of the checkout that one stands in
HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<date>\S+))?\s*$", re.MULTILINE)
UNRELEASED = "Unreleased"
NAMED = re.compile(r"\bresources? ((?:\w+(?:,? and |, )?)+)")


@dataclass(frozen=True, kw_only=True)
class ChangelogEntry:
    """One section."""

    name: str  # a version, or Unreleased
    date: str  # as YYYY-MM-DD; empty when the version is not dated yet
    text: str

    def announces(self, logical_id: str) -> bool:
        """Tell whether it names a resource: "replaces resource X", "removes resource X" ..."""
        lists = NAMED.findall(" ".join(self.text.replace("`", "").split()))
        return any(logical_id in re.findall(r"\w+", names) for names in lists)


def read(path: Path) -> list[ChangelogEntry]:
    """Return the sections of a changelog, the newest first."""
    content = path.read_text(encoding="utf-8")
    headings = list(HEADING.finditer(content))
    ends = [heading.start() for heading in headings[1:]] + [len(content)]
    return [
        ChangelogEntry(
            name=heading["name"],
            date=dated(heading["date"] or ""),
            text=content[heading.end() : end].strip(),
        )
        for heading, end in zip(headings, ends)
    ]


def dated(text: str) -> str:
    """Return the date if it is one, else nothing: ``unreleased`` is no date."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def between(
    entries: list[ChangelogEntry], old: Version | None, new: Version
) -> list[ChangelogEntry]:
    """Return what is said about the way from one version to another, both ends included.

    For a version that is not released yet, ``Unreleased`` belongs to it.
    """
    sections = []
    for entry in entries:
        try:
            version = Version.parse(entry.name)
        except VersionError:
            if entry.name == UNRELEASED:
                sections.append(entry)
            continue
        if (old is None or version > old) and version <= new.final:
            sections.append(entry)
    return sections
