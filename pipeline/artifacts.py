"""What a build hands on: templates, code, and the release if this commit is one.

VERSION          what Publish decides by
templates/       what is deployed
code/            the packages of processors, which ``upload`` puts where the stacks find them
configurations/  with which parameters, tags and stack policy each stack is made
release/         what Publish publishes, with SHA256SUMS
"""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from generators import __version__
from generators.command import TEMPLATES
from pipeline.code import CONFIGURATIONS
from serverlessapp.releases.archive import SUFFIX, SUMS, checksums

PATTERN = f"*{SUFFIX}"


def assemble(
    output: Path,
    *,
    version: str = __version__,
    templates: Path = TEMPLATES,
    configurations: Mapping[str, bytes] = MappingProxyType({}),
) -> str:
    """Write the artifact into a folder, in place of what an earlier call wrote there.

    Args:
        output: The folder; made if it does not exist.
        version: What the source calls itself.
        templates: Folder of the committed templates and, in ``releases/``, of the released ones.
        configurations: Their content by file name.

    Returns:
        The version: the source's own if its templates are those released under it. Everything
        else is on the way to a release, so it has ``-dev`` appended, a pre-release.

    Raises:
        ValueError: The source calls itself nothing.
        OSError: A folder cannot be read or written.
    """
    if not version:
        raise ValueError("the version is empty: set __version__ in generators/__init__.py")
    files = {path.name: path for path in sorted(templates.glob(PATTERN))}
    replace(output / "templates", files.values())
    replace(output / CONFIGURATIONS, ())
    for name, content in configurations.items():
        (output / CONFIGURATIONS / name).write_bytes(content)
    frozen = templates / "releases" / version
    released = is_release(frozen, files)
    if released:
        replace(output / "release", sorted(frozen.iterdir()))
    else:
        replace(output / "release", files.values())
        write_sums(output / "release")
    delivered = version if released else f"{version}-dev"
    (output / "VERSION").write_text(f"{delivered}\n", encoding="utf-8")
    return delivered


def is_release(frozen: Path, current: dict[str, Path]) -> bool:
    """Tell whether the frozen templates are there, and what is committed now."""
    templates = list(frozen.glob(PATTERN))
    return bool(templates) and all(
        path.name in current and current[path.name].read_bytes() == path.read_bytes()
        for path in templates
    )


def replace(folder: Path, files: Iterable[Path]) -> None:
    """Make a folder that holds copies of these files and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in files:
        shutil.copyfile(path, folder / path.name)


def write_sums(folder: Path) -> None:
    """Write the digest of each file of a folder, as ``sha256sum --check`` reads it."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / SUMS).write_bytes(checksums(files))
