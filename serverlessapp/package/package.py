"""From a processor's folder to a zip: every step, in order."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.package import archive, contents, dependencies, processor
from serverlessapp.package.archive import Archive, PackageError


@dataclass(frozen=True, kw_only=True)
class Package:
    """A zip and what it takes to use it.

    Attributes:
        processor: Value of the stack parameter ``Processor``.
        dependencies: Those in the zip, as ``name==version``.
        grants: File with the permissions the processor needs, if there is one.
    """

    archive: Archive
    processor: str
    platform: str
    dependencies: list[str]
    grants: Path | None


def make(
    folder: Path, *, output: Path, platform: str, requirements: Path | None, named: str | None
) -> Package:
    """Package a processor's folder.

    Args:
        folder: The processor's modules, with ``requirements.txt`` if it needs one.
        output: Where the zip is written.
        platform: One of ``dependencies.PLATFORMS``.
        requirements: Another requirements file than the folder's own.
        named: ``module:function``; by default, it is found.

    Raises:
        PackageError: The package would not work.
    """
    if output.resolve().is_relative_to(folder.resolve()):
        raise PackageError(f"{output} is in the processor's folder, and would end up in zips")
    if requirements is None and (folder / "requirements.txt").is_file():
        requirements = folder / "requirements.txt"
    own = contents.own(folder, besides=requirements)
    chosen = named or processor.find(own.files)
    with tempfile.TemporaryDirectory(prefix="package-") as place:
        # Mistakes that cost no download are told before there is one.
        processor.check(own.files, chosen)
        contents.merge(contents.runtime(), own)
        taken = []
        if requirements is not None:
            taken = dependencies.install(requirements, Path(place), platform)
        bought = contents.installed(Path(place))
        files = contents.merge(contents.runtime(), bought, own)
        grants = folder / "permissions.py"
        return Package(
            archive=archive.write(files, output=output, name=folder.resolve().name),
            processor=chosen,
            platform=platform,
            dependencies=taken,
            grants=grants if grants.is_file() else None,
        )
