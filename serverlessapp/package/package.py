"""From a processor's folder to a zip: every step, in order."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.package import archive, contents, dependencies, imports, processor
from serverlessapp.package.archive import Archive, PackageError
from serverlessapp.processors import definition

# Of what the parameters for keys take, what can be in a file's name.
NAME = re.compile(r"[A-Za-z0-9 _.:=+@-]{1,200}")


@dataclass(frozen=True, kw_only=True)
class Package:
    """A zip and what it takes to use it.

    Attributes:
        folder: The processor's.
        processor: ``module:function``.
        parameters: Of the stack, beside the bucket; it runs with these.
        dependencies: Those in the zip, as ``name==version``.
        left_out: What the zip does not have, and how many files that are.
    """

    archive: Archive
    folder: Path
    processor: str
    parameters: Mapping[str, str]
    platform: str
    dependencies: list[str]
    left_out: Mapping[str, int]


def is_inline(folder: Path) -> bool:
    """Whether the template itself has the processor's code, so that nothing is to be packaged."""
    declared = declaration(folder)
    return declared is not None and declared.handler.startswith("index:")


def make(
    folder: Path,
    *,
    output: Path,
    platform: str,
    requirements: Path | None = None,
    named: str | None = None,
) -> Package:
    """Package a processor's folder.

    Args:
        folder: The processor's modules, with ``requirements.txt`` if it needs one. With a
            ``processor.toml``, it is a lane; without, it can only take the place of the first.
        output: Where the zip is written.
        platform: One of ``dependencies.PLATFORMS``.
        requirements: Another requirements file than the folder's own.
        named: ``module:function``; by default, as declared, or found.

    Raises:
        PackageError: The package would not work.
        ProcessorError: ``processor.toml`` is wrong.
    """
    if output.resolve().is_relative_to(folder.resolve()):
        raise PackageError(f"{output} is in the processor's folder, and would end up in zips")
    if not NAME.fullmatch(folder.absolute().name):
        raise PackageError(
            f"{folder} gives the zip its name, which may have letters, digits and _.:=+@- only; "
            "rename it"
        )
    declared = declaration(folder)
    if declared and named:
        raise PackageError(f"{folder} has a processor.toml, which names its handler already")
    if requirements is None and (folder / "requirements.txt").is_file():
        requirements = folder / "requirements.txt"
    own = contents.own(folder, besides=requirements)
    chosen = declared.handler if declared else named or processor.find(own.files)
    # Mistakes that cost no download are told before there is one.
    processor.check(own.files, chosen)
    imports.merge(contents.runtime(), own)
    with tempfile.TemporaryDirectory(prefix="package-") as place:
        taken = []
        if requirements is not None:
            taken = dependencies.install(requirements, Path(place), platform)
        bought = contents.installed(Path(place))
        files = imports.merge(contents.runtime(), bought, own)
        made = archive.write(files, output=output, name=folder.absolute().name)
    key = declared.parameter("CodeKey") if declared else "CodeKey"
    return Package(
        archive=made,
        folder=folder,
        processor=chosen,
        # The first lane's form has a field for the processor; others have it in the template.
        parameters={key: made.path.name} | ({"Processor": chosen} if key == "CodeKey" else {}),
        platform=platform,
        dependencies=taken,
        left_out={**bought.left_out, **own.left_out},
    )


def declaration(folder: Path) -> definition.Processor | None:
    """Return what the folder declares, if it does."""
    has_one = (folder / definition.DECLARATION).is_file()
    return definition.read(folder.absolute()) if has_one else None
