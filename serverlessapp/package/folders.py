"""Walks a folder: which files are in it, and which are left out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from serverlessapp.package.archive import PackageError


@dataclass
class Walk:
    """What is in a folder, by its path there, which has ``/`` on any system.

    Attributes:
        files: Those to ship.
        left_out: What is not, and how many files that are. A folder ends in a slash.
    """

    files: dict[str, Path] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def walk(folder: Path, is_left_out: Callable[[str], bool]) -> Walk:
    """Return what is in a folder; links are followed as long as they stay in it.

    Raises:
        PackageError: Something in it cannot be in a package, or a checkout on another machine
            would not have it.
    """
    done = Walk()
    root = folder.resolve()

    def visit(place: Path, within: tuple[Path, ...]) -> None:
        for path in sorted(place.iterdir()):
            name = path.relative_to(folder).as_posix()
            if is_left_out(name):
                is_folder = path.is_dir() and not path.is_symlink()
                files = sum(not inner.is_dir() for inner in path.rglob("*")) if is_folder else 1
                done.left_out[f"{name}/" if is_folder else name] = files
                continue
            real = followed(path, root)
            if real in within:
                raise PackageError(f"{path} is a link to a folder that it is in; remove it")
            if real.is_dir():
                visit(path, (*within, real))
            elif real.is_file():
                done.files[encodable(name, path)] = path
            else:
                raise PackageError(f"{path} is no file, folder or link; remove it")

    visit(folder, (root,))
    return done


def followed(path: Path, root: Path) -> Path:
    """Return where a link leads, or raise a PackageError if that is not below ``root``."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle, up to Python 3.12
        raise PackageError(f"{path} is a link that leads nowhere; repair or remove it") from error
    if not real.is_relative_to(root):
        raise PackageError(f"{path} is a link to {real}, outside of {root}; put a copy there")
    return real


def encodable(name: str, path: Path) -> str:
    """Return the name, or raise a PackageError if a zip cannot hold it."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise PackageError(f"{ascii(str(path))}: its name is not UTF-8; rename it") from error
    return name


def check_case(names: dict[str, Path]) -> None:
    """Refuse names that are the same one on a Mac or on Windows: a checkout there lacks a file."""
    spelt: dict[str, str] = {}
    for name in names:
        for path in map(str, (PurePosixPath(name), *PurePosixPath(name).parents)):
            if (other := spelt.setdefault(path.casefold(), path)) != path:
                raise PackageError(f"{other} and {path} differ in nothing but case; rename one")
