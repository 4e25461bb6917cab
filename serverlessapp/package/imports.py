"""What Python would import from a package, so that no part of it hides another."""

import itertools
import sys
from pathlib import Path, PurePosixPath

from serverlessapp.package.archive import PackageError
from serverlessapp.package.contents import Part

IMPORTABLE = (".py", ".pyc", ".so")
# Wheels have it by mistake; Python's own is "for internal use by Python only" (its documentation).
STANDARD = sys.stdlib_module_names - {"test"}


def merge(*parts: Part) -> dict[str, Path]:
    """Return the files of all parts.

    The package comes before the standard library, and in it a package before a module, and a
    module before a folder without ``__init__.py`` ("The import system" in Python's reference).
    So ``index/`` must not hide ``index.py``, nor a helper named ``queue.py`` what imports
    ``queue``. Several parts may share a namespace, and other files do not matter.

    Raises:
        PackageError: One part would hide another, or the standard library.
    """
    for part in parts:
        if hidden := sorted({name.partition(".")[0] for name in modules(part)} & STANDARD):
            raise PackageError(
                f"{part.origin} has {hidden[0]}, which would hide Python's own module "
                f"{hidden[0]}; rename it"
            )
    for part, other in itertools.combinations(parts, 2):
        if both := clashes(part, other):
            raise PackageError(
                f"{other.origin} has {both[0]}, and so has {part.origin}: only one can be "
                "there; rename yours"
            )
    return {name: path for part in parts for name, path in part.files.items()}


def clashes(part: Part, other: Part) -> list[str]:
    """Return modules of which only one part's can be imported, and files at the same path."""
    here, there = modules(part), modules(other)
    return sorted(
        here.keys() & there.keys()
        | {name for name, is_file in here.items() if is_file} & folders(there)
        | {name for name, is_file in there.items() if is_file} & folders(here)
    ) or sorted(part.files.keys() & other.files.keys())


def modules(part: Part) -> dict[str, bool]:
    """Return the full names of a part's modules, and whether each is a file or a folder."""
    names = {}
    for file in map(PurePosixPath, part.files):
        # An extension module's name may go on: fast.cpython-313-aarch64-linux-gnu.so.
        stem = file.name.partition(".")[0] if file.suffix == ".so" else file.stem
        path = (*file.parts[:-1], *(() if stem == "__init__" else (stem,)))
        if file.suffix in IMPORTABLE and path and all(map(str.isidentifier, path)):
            names[".".join(path)] = stem != "__init__"
    return names


def folders(modules: dict[str, bool]) -> set[str]:
    """Return the full names of the folders that modules are in."""
    return {
        prefix
        for name in modules
        for prefix in itertools.accumulate(name.split(".")[:-1], "{}.{}".format)
    }
