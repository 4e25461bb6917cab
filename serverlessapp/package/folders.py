"""Walks a folder: which files are in it, and which are left out."""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from serverlessapp.package.archive import PackageError


def walk(
    folder: Path, is_left_out: Callable[[str], bool]
) -> tuple[dict[str, Path], dict[str, int]]:
    """Return the files in a folder, by their path there, and what is left out.

    Links are followed as long as they stay in the folder. What is left out comes with its
    number of files; a folder ends in a slash.

    Raises:
        PackageError: Something in it cannot be in a package.
    """
    files: dict[str, Path] = {}
    left_out: dict[str, int] = {}
    root = folder.resolve()

    def visit(place: Path, within: tuple[Path, ...]) -> None:
        for path in sorted(place.iterdir()):
            name = path.relative_to(folder).as_posix()
            if is_left_out(name):
                if path.is_dir() and not path.is_symlink():
                    left_out[f"{name}/"] = sum(not inner.is_dir() for inner in path.rglob("*"))
                else:
                    left_out[name] = 1
                continue
            real = followed(path, root)
            if real in within:
                raise PackageError(f"{path} is a link to one of its parent folders; remove it")
            if name.encode(errors="replace").decode() != name:
                raise PackageError(f"{str(path)!a}: the name is not valid UTF-8; rename it")
            if real.is_dir():
                visit(path, (*within, real))
            elif real.is_file():
                files[name] = path
            else:
                raise PackageError(f"{path} is not a file, folder or link; remove it")

    visit(folder, (root,))
    return files, left_out


def followed(path: Path, root: Path) -> Path:
    """Return where a link leads, or raise a PackageError if that is not below ``root``."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: a circle, up to Python 3.12
        raise PackageError(f"{path} is a broken link; repair or remove it") from error
    if not real.is_relative_to(root):
        raise PackageError(
            f"{path} is a link to {real}, outside of {root}; copy the content instead"
        )
    return real


def check_case(names: Iterable[str]) -> None:
    """Refuse names that are the same on a Mac or on Windows: a checkout there lacks a file."""
    spelt: dict[str, str] = {}
    for name in names:
        for path in map(str, (PurePosixPath(name), *PurePosixPath(name).parents)):
            if (other := spelt.setdefault(path.casefold(), path)) != path:
                raise PackageError(f"{other} and {path} differ only in case; rename one")
