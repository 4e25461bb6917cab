"""What goes into a package, from where, and what is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from serverlessapp.package import folders
from serverlessapp.package.archive import PackageError

# What Lambda calls: the wheel brings it along (setup.cfg), a checkout has it where it belongs.
TOOL = Path(__file__).resolve().parents[1]
PLACES = (TOOL / "runtime/index.py", TOOL.parent / "functions/file_processor/index.py")
RUNTIME = next(path for path in PLACES if path.exists())

# Of the processor's folder: what only its authors need, at any depth ...
NOT_SHIPPED = ("__pycache__", "*.pyc", ".*", "tests", "test_*.py", "conftest.py", "*.whl")
# ... and at the top: what is read before anything is deployed.
DECLARATIONS = ("processor.toml", "requirements.txt", "permissions.py", "samples", "README.md")

# Of the dependencies: programs that name this machine's interpreter, and what is read in a folder
# of Python's own only (Python's documentation, "site") ...
WITHOUT_USE = ("bin", "*.pth")
# ... and notes of the installer about where and how it worked, which nobody misses.
INSTALLER_NOTES = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_*.json")

# How native code begins that arm64 and Linux do not run: ELF with another e_machine than
# EM_AARCH64 (System V ABI, "ELF Header"), and macOS's Mach-O.
FOREIGN = re.compile(rb"\x7fELF.{14}(?!\xb7\0)|\xcf\xfa\xed\xfe", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Part:
    """Files of one origin by their path in the package, and what is left out of it."""

    origin: str
    files: Mapping[str, Path]
    left_out: Mapping[str, int] = field(default_factory=dict)


def runtime() -> Part:
    """Return what Lambda calls."""
    return Part(origin="the runtime", files={"index.py": RUNTIME})


def own(folder: Path, *, besides: Path | None = None) -> Part:
    """Return the processor's own files, ``besides`` (its requirements) left out."""
    files, left_out = folders.walk(
        folder,
        lambda name: (
            name in DECLARATIONS
            or matches(name.rpartition("/")[2], NOT_SHIPPED)
            or (besides is not None and besides.absolute() == (folder / name).absolute())
        ),
    )
    folders.check_case(files)
    return Part(origin=str(folder), files=files, left_out=left_out)


def check_machine(own: Part) -> None:
    """Refuse own native code that cannot run on Lambda; uv chooses that of dependencies.

    Source: AWS Lambda API Reference, "CreateFunction": code must suit the function's architecture.
    """
    for path in own.files.values():
        with path.open("rb") as content:
            if FOREIGN.match(content.read(20)):
                raise PackageError(f"{path} is native code, and not for Linux on arm64: remove it")


def installed(folder: Path) -> Part:
    """Return what was installed into a folder, without traces of the installation."""
    everything, left_out = folders.walk(
        folder, lambda name: "/" not in name and matches(name, WITHOUT_USE)
    )
    files = {
        name: path
        for name, path in everything.items()
        if name != ".lock"
        and path.parent.name != "__pycache__"
        and not (fnmatchcase(name, "*.dist-info/*") and matches(path.name, INSTALLER_NOTES))
    }
    return Part(origin="the dependencies", files=files, left_out=left_out)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name is like one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
