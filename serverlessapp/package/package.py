"""From a processor's folder to a zip: every step, in order."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.package import archive, contents, dependencies, imports, processor
from serverlessapp.package.archive import Archive, PackageError
from serverlessapp.processors import definition

NAME = re.compile(r"[A-Za-z0-9 _.:=+@-]{1,200}")  # what a parameter for a key takes


@dataclass(frozen=True, kw_only=True)
class Package:
    """A zip and what it takes to use it."""

    archive: Archive
    folder: Path
    processor: str  # module:function
    parameters: Mapping[str, str]  # those of the stack that name the code, beside the bucket
    platform: str
    dependencies: list[str]  # those in the zip, as name==version
    left_out: Mapping[str, int]  # of the folder and the dependencies, and how many files


def make(
    folder: Path,
    *,
    output: Path,
    platform: str,
    requirements: Path | None = None,
    named: str | None = None,
) -> Package:
    """Package a processor's folder: a lane's with a ``processor.toml``, else for the first lane.

    Args:
        folder: The processor's modules, with ``requirements.txt`` if it needs one.
        output: Folder for the zip.
        platform: One of ``dependencies.PLATFORMS``.
        requirements: Instead of the folder's own.
        named: ``module:function``; by default, as declared, else it is found.

    Raises:
        PackageError: The package would not work.
        ProcessorError: ``processor.toml`` is wrong.
    """
    if output.resolve().is_relative_to(folder.resolve()):
        raise PackageError(
            f"{output} is in the processor's folder, and would be packaged; choose another --output"
        )
    name, declared = folder.absolute().name, declaration(folder)
    if not NAME.fullmatch(name):
        raise PackageError(
            f"{folder}: the name must contain only letters, digits, spaces and _.:=+@-; rename it"
        )
    if declared and named:
        raise PackageError(f"{folder}/{definition.DECLARATION} already names the processor")
    if requirements is None and (folder / "requirements.txt").is_file():
        requirements = folder / "requirements.txt"
    if not any(definition.files(folder)):
        raise PackageError(
            f"{folder} has only hidden and compiled files, as git leaves behind: delete it"
        )
    own = contents.own(folder, besides=requirements)
    # Mistakes that cost no download are told before there is one.
    chosen = processor.choose(folder, own.files, declared.handler if declared else named)
    imports.merge(contents.runtime(), own)
    if platform == "lambda":
        contents.check_machine(own)
    with tempfile.TemporaryDirectory(prefix="package-") as place:
        taken = dependencies.install(requirements, Path(place), platform) if requirements else []
        bought = contents.installed(Path(place))
        files = imports.merge(contents.runtime(), bought, own)
        imports.check_found(own, files, chosen.partition(":")[0])
        made = archive.write(files, output=output, name=name)
    key = declared.parameter("CodeKey") if declared else "CodeKey"
    first = {"Processor": chosen} if key == "CodeKey" else {}  # others have it in the template
    return Package(
        archive=made,
        folder=folder,
        processor=chosen,
        parameters={key: made.path.name, **first},
        platform=platform,
        dependencies=taken,
        left_out={**bought.left_out, **own.left_out},
    )


def declaration(folder: Path) -> definition.Processor | None:
    """Return what the folder declares, if it does."""
    declares = (folder / definition.DECLARATION).is_file()
    return definition.read(folder.absolute()) if declares else None


def is_inline(folder: Path) -> bool:
    """Whether the template itself has the processor's code, so that there is nothing to package."""
    declared = declaration(folder)
    return declared is not None and declared.handler.startswith("index:")
