"""What a build hands on: templates, environments, and the release if this commit is one.

VERSION        what Publish decides by
templates/     what Production deploys
environments/  with which parameters, tags and stack policy
release/       what Publish publishes, with SHA256SUMS
"""

import shutil
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path

from generators import __version__
from generators.command import TEMPLATES
from serverlessapp.releases.archive import SUFFIX, SUMS, checksums

ENVIRONMENTS = Path(__file__).resolve().parent / "environments"
PATTERN = f"*{SUFFIX}"


def assemble(
    output: Path,
    *,
    version: str = __version__,
    templates: Path = TEMPLATES,
    environments: Path = ENVIRONMENTS,
) -> str:
    """Write the artifact into a folder, in place of what an earlier call wrote there.

    Args:
        output: The folder; made if it does not exist.
        version: What the source calls itself.
        templates: Folder of the committed templates and, in ``releases/``, of the released ones.
        environments: Folder of the template configurations.

    Returns:
        The version: the source's own if its templates are those released under it. Everything
        else is on the way to a release, so it has ``-dev`` appended, a pre-release.

    Raises:
        ValueError: The source calls itself nothing, or the role of one environment would reach
            another.
        OSError: A folder cannot be read or written.
    """
    if not version:
        raise ValueError("the version is empty; see generators/__init__.py")
    configurations = sorted(environments.glob("*.json"))
    keep_apart([path.stem for path in configurations])
    files = {path.name: path for path in sorted(templates.glob(PATTERN))}
    replace(output / "templates", files.values())
    replace(output / "environments", configurations)
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


def keep_apart(names: Iterable[str]) -> None:
    """Refuse environments whose resources have names like another's; see ``derivation.names``.

    Raises:
        ValueError: Names the two.
    """
    for name, other in permutations(names, 2):
        if other.startswith(f"{name}-"):
            raise ValueError(
                f"the role that deploys environment {name} would reach environment {other}: "
                f"rename {other}, so that it does not begin with {name}-"
            )


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
