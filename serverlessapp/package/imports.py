"""What Python would import from a package, so that no part of it hides another."""

import itertools
import sys
from pathlib import Path, PurePosixPath

from serverlessapp.package.archive import PackageError
from serverlessapp.package.contents import Part

IMPORTABLE = (".py", ".pyc", ".so")


def merge(*parts: Part) -> dict[str, Path]:
    """Return the files of all parts.

    Python looks into the package before the standard library, and takes a folder with
    ``__init__.py`` before a module, and that before a folder without ("The import system" in
    its reference). Parts may share a folder, and what is no module hides none.

    Raises:
        PackageError: One part would hide another, or the standard library.
    """
    for part in parts:
        if hidden := sorted(
            {name.partition(".")[0] for name in modules(part)} & sys.stdlib_module_names
        ):
            raise PackageError(
                f"{part.origin} has {hidden[0]}, which hides a standard library module; rename it"
            )
    for part, other in itertools.combinations(parts, 2):
        here, there = modules(part), modules(other)
        same = (here.keys() & there.keys()) | shadowed(here, there) | shadowed(there, here)
        if both := sorted(same) or sorted(part.files.keys() & other.files.keys()):
            raise PackageError(
                f"both {other.origin} and {part.origin} have {both[0]}; rename yours"
            )
    return {name: path for part in parts for name, path in part.files.items()}


def modules(part: Part) -> dict[str, bool]:
    """Return the full names of a part's modules, and of each whether it is a file."""
    names = {}
    for file in map(PurePosixPath, part.files):
        # An extension's name goes on about the machine: fast.cpython-313-aarch64-linux-gnu.so
        stem = file.name.partition(".")[0] if file.suffix == ".so" else file.stem
        path = (*file.parts[:-1], *(() if stem == "__init__" else (stem,)))
        if file.suffix in IMPORTABLE and path and all(map(str.isidentifier, path)):
            names[".".join(path)] = stem != "__init__"
    return names


def shadowed(here: dict[str, bool], there: dict[str, bool]) -> set[str]:
    """Return the files here that are folders with modules there."""
    return {file for file in here if here[file] and any(n.startswith(f"{file}.") for n in there)}
