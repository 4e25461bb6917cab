"""What goes into a package, from where, and what must not meet in it."""

import itertools
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from serverlessapp.package.archive import PackageError

# What Lambda calls: the wheel brings it along (setup.cfg), a checkout has it where it belongs.
TOOL = Path(__file__).resolve().parents[1]
PLACES = (TOOL / "runtime/index.py", TOOL.parent / "functions/file_processor/index.py")
RUNTIME = next(path for path in PLACES if path.exists())

# Of the processor's folder: what only its authors need, at any depth ...
NOT_SHIPPED = ("__pycache__", "*.pyc", ".*", "tests", "test_*.py", "*_test.py", "conftest.py")
# ... and at the top: what is read before anything is deployed.
DECLARATIONS = ("requirements.txt", "permissions.py")

# Of the dependencies: programs that name this machine's interpreter, and notes of the
# installer about where and how it worked. The code does not need them.
INSTALLER_NOTES = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_*.json")


@dataclass(frozen=True, kw_only=True)
class Part:
    """Files of one origin by their path in the package, which has ``/`` on any system."""

    origin: str
    files: Mapping[str, Path]


def runtime() -> Part:
    """Return what Lambda calls."""
    return Part(origin="the runtime", files={"index.py": RUNTIME})


def own(folder: Path, *, besides: Path | None = None) -> Part:
    """Return the processor's own files, ``besides`` (its requirements) left out."""
    files = {
        name: path
        for name, path in below(folder).items()
        if name not in DECLARATIONS
        and not (besides and path.samefile(besides))
        and not any(fnmatchcase(part, no) for part in name.split("/") for no in NOT_SHIPPED)
    }
    return Part(origin=str(folder), files=files)


def installed(folder: Path) -> Part:
    """Return what was installed into a folder, without traces of the installation."""
    files = {
        name: path
        for name, path in below(folder).items()
        if not name.startswith(("bin/", "."))
        and "/__pycache__/" not in f"/{name}"
        and not (
            fnmatchcase(name, "*.dist-info/*")
            and any(fnmatchcase(path.name, note) for note in INSTALLER_NOTES)
        )
    }
    return Part(origin="the dependencies", files=files)


def below(folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def merge(*parts: Part) -> dict[str, Path]:
    """Return the files of all parts.

    Python imports by the first part of a name, and the package comes before the standard
    library. So two parts must not have the same one: ``index/`` would hide ``index.py``,
    and a helper named ``queue.py`` would break whatever imports ``queue``.

    Raises:
        PackageError: One part would hide another, or the standard library.
    """
    for part in parts:
        if hidden := sorted(modules(part) & sys.stdlib_module_names):
            raise PackageError(
                f"{part.origin} has {hidden[0]}, which would hide Python's own module "
                f"{hidden[0]}; rename it"
            )
    for part, other in itertools.combinations(parts, 2):
        if both := sorted(modules(part) & modules(other)):
            raise PackageError(
                f"{other.origin} has {both[0]}, and so has {part.origin}: only one can be "
                "imported; rename yours"
            )
    return {name: path for part in parts for name, path in part.files.items()}


def modules(part: Part) -> set[str]:
    """Return the top-level names that a part may be imported by."""
    return {
        first if inside else first.split(".")[0]
        for first, inside, _ in (name.partition("/") for name in part.files)
    }
