"""Released versions: a folder each under ``templates/releases/``, whose bytes never change.

``<version>/*.yaml`` are the templates, ``manifest.json`` says what they contain and
``SHA256SUMS`` what all of these files are.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.errors import OperatorError
from serverlessapp.releases.version import Version, VersionError

TEMPLATES = Path("templates")  # of the checkout that one stands in
RELEASES = TEMPLATES / "releases"
SUFFIX = ".yaml"
SUFFIXES = (SUFFIX, ".template.json")  # up to 0.2.0, templates were JSON
RENAMED = {"pipeline-role": "update-role"}  # since 0.3.0
SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"


class ReleaseError(OperatorError):
    """A release cannot be read or made; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One released version."""

    version: Version
    folder: Path

    def files(self) -> dict[str, bytes]:
        """Return the content of all its files by name."""
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def templates(self) -> dict[str, bytes]:
        """Return the content of its templates by file name."""
        return {name: data for name, data in self.files().items() if name.endswith(SUFFIXES)}

    def damage(self) -> list[str]:
        """Return how its files differ from what was released; nothing when they do not."""
        files = self.files()
        sums = files.pop(SUMS, b"")
        if sums == checksums(files):
            return []
        promised = sums.decode(errors="replace").splitlines()
        actual = checksums(files).decode().splitlines()
        lines = sorted({*promised, *actual} - ({*promised} & {*actual}))
        names = dict.fromkeys(line.partition("  ")[2] for line in lines)
        return [str(self.folder / (name or SUMS)) for name in names or [SUMS]]


def releases(folder: Path = RELEASES) -> list[Release]:
    """Return all releases, the oldest first; none when there is no such folder.

    Raises:
        ReleaseError: The folder holds something else.
    """
    released = []
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            version = Version.parse(path.name)
        except VersionError as error:
            raise ReleaseError(f"{path} does not belong there: {error}") from error
        released.append(Release(version=version, folder=path))
    return sorted(released, key=lambda release: release.version)


def file_name(template: str, version: Version) -> str:
    """Return the name of a template's file in a version."""
    return template + SUFFIXES[version < Version(0, 3, 0)]


def template_name(file: str) -> str:
    """Return what a template is called now, by the name of its file in any version."""
    for suffix in SUFFIXES:
        file = file.removesuffix(suffix)
    return RENAMED.get(file, file)


def find_release(version: str) -> Release:
    """Return a release of the checkout that one stands in; by the empty text, the last one.

    Raises:
        ReleaseError: There is none.
    """
    known = releases()
    for release in reversed(known):
        if version in ("", str(release.version)):
            return release
    if not known:
        raise ReleaseError(f"no releases here: run this in a checkout, which has {RELEASES}/")
    there_are = ", ".join(str(release.version) for release in known)
    raise ReleaseError(f"release {version} does not exist; there are: {there_are}")


def digest(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def checksums(files: Mapping[str, bytes]) -> bytes:
    """Return the checksums as ``sha256sum --check`` reads them."""
    return "".join(f"{digest(data)}  {name}\n" for name, data in sorted(files.items())).encode()
