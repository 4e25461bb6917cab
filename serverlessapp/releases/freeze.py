"""Makes a release: the same bytes for the same version, and never two for one."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from serverlessapp.diff.difference import difference
from serverlessapp.diff.model import Difference, Risk
from serverlessapp.diff.sources import several
from serverlessapp.releases import changelog, policy
from serverlessapp.releases.archive import (
    MANIFEST,
    SUMS,
    Release,
    ReleaseError,
    checksums,
    digest,
    releases,
)
from serverlessapp.releases.changelog import ChangelogEntry
from serverlessapp.releases.version import Version, VersionError
from serverlessapp.template.reading import parse


def freeze(
    version_text: str, templates: Mapping[str, bytes], entries: list[ChangelogEntry], folder: Path
) -> Path | None:
    """Write the templates, by file name, as a version into a folder of its own, and return that.

    Return None if it was there already, with these bytes.

    Raises:
        ReleaseError: It must not be released like this.
        OSError: The folder cannot be read or written.
    """
    version = releasable(version_text)
    known = releases(folder)
    for release in known:
        if damage := release.damage():
            raise ReleaseError("released bytes have changed: " + "; ".join(damage))
    older = [release for release in known if release.version < version]
    files = content(version, templates, dated(entries, version), older)
    if version in (release.version for release in known):
        require_unchanged(known[len(older)], files)
        return None
    if len(older) < len(known):
        raise ReleaseError(f"{version} must be greater than the last release, {known[-1].version}")
    if older:
        last = older[-1]
        sections = changelog.between(entries, last.version, version)
        changes = between(last, version, templates)
        if wrong := policy.violations(last.version, version, changes, sections):
            raise ReleaseError("; ".join(wrong))
    return write(folder / str(version), files)


def releasable(text: str) -> Version:
    """Return the version that a text names; one under development is refused."""
    try:
        version = Version.parse(text)
    except VersionError as error:
        raise ReleaseError(str(error)) from error
    if not version.is_final:
        raise ReleaseError(
            f"{text} is a development version: set __version__ in generators/__init__.py to "
            f"{version.final}, and regenerate the templates"
        )
    return version


def dated(entries: list[ChangelogEntry], version: Version) -> str:
    """Return the date of a version in the changelog, which has to say something about it."""
    entry = next((entry for entry in entries if entry.name == str(version)), None)
    if entry is None or not entry.date:
        part = "date" if entry else "entry"
        raise ReleaseError(
            f"the changelog has no {part} for {version}: ## [{version}] - YYYY-MM-DD"
        )
    if not entry.text:
        raise ReleaseError(f"the changelog has no entries for {version}")
    return entry.date


def content(
    version: Version, templates: Mapping[str, bytes], date: str, older: list[Release]
) -> dict[str, bytes]:
    """Return all files of a release by name."""
    oldest = upgrades_from(version, templates, older)
    described = {**templates, MANIFEST: manifest(str(version), date, templates, oldest)}
    return {**described, SUMS: checksums(described)}


def upgrades_from(version: Version, templates: Mapping[str, bytes], older: list[Release]) -> str:
    """Return the oldest release from which, as from all since, no data is at risk."""
    oldest = str(version)
    for release in reversed(older):
        if between(release, version, templates).risk is Risk.DATA:
            break
        oldest = str(release.version)
    return oldest


def between(old: Release, new: Version, templates: Mapping[str, bytes]) -> Difference:
    """Return the difference between a release and what shall be one."""
    before = several(str(old.version), old.templates())
    return difference(before, several(str(new), templates))


def require_unchanged(release: Release, files: Mapping[str, bytes]) -> None:
    """Refuse other bytes for a version that is released."""
    there = release.files()
    changed = sorted(name for name in {*there, *files} if there.get(name) != files.get(name))
    if changed:
        raise ReleaseError(
            f"{release.version} was released with different content ({', '.join(changed)}): "
            "raise the version"
        )


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a release, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent.parent, prefix=".release-") as place:
        made = Path(place) / folder.name
        made.mkdir()
        for name, data in files.items():
            (made / name).write_bytes(data)
        made.rename(folder)
    return folder


def manifest(version: str, date: str, templates: Mapping[str, bytes], upgrades_from: str) -> bytes:
    """Return the manifest of a release, whose templates are given by file name.

    ``upgrades_from`` is the oldest version from which a stack can be updated to this one
    without losing what it holds; this version when there is no older one.
    """
    content = {
        "version": version,
        "date": date,
        "upgrades_from": upgrades_from,
        "templates": {
            name: {
                "sha256": digest(data),
                "bytes": len(data),
                "functions": functions(parse(data, name).content),
            }
            for name, data in sorted(templates.items())
        },
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def functions(template: Mapping[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of each function's inline code by logical ID."""
    return {
        logical_id: digest(code.encode())
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
        for code in inline_code(resource.get("Properties", {}).get("Code"))
    }


def inline_code(value: Any) -> list[str]:
    """Return what is under ``ZipFile``, in whichever branch it is."""
    if isinstance(value, list):
        return [code for item in value for code in inline_code(item)]
    if not isinstance(value, dict):
        return []
    if isinstance(value.get("ZipFile"), str):
        return [value["ZipFile"]]
    return [code for item in value.values() for code in inline_code(item)]
