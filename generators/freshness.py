"""Writes generated files, and tells whether the committed ones are what would be written."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def write(folder: Path, files: Mapping[str, bytes]) -> int:
    """Write each file into the folder and say so; return the exit code."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
            print(f"{folder / name}: {len(content):,} bytes")
    except OSError as error:
        print(f"cannot write to {folder}: {error}", file=sys.stderr)
        return 2
    return 0


def check(
    folder: Path, files: Mapping[str, bytes], owned: Callable[[str], bool], package: str
) -> int:
    """Compare the folder with what would be written, and print how they differ.

    Args:
        folder: Where the committed files are.
        files: What they should contain, by name.
        owned: Tells names that only this generator may create; others are ignored.
        package: The generator to run, for the message.

    Returns:
        0 if nothing differs; 1 if a file is stale, missing or orphaned.
    """
    problems = 0
    for name, content in files.items():
        path = folder / name
        if not path.is_file():
            print(f"missing: {path}")
        elif (committed := path.read_bytes()) != content:
            print(f"stale: {path}")
            print_difference(path, committed, content)
        else:
            continue
        problems += 1
    for path in sorted(folder.glob("*.yaml")):
        if owned(path.name) and path.name not in files:
            print(f"orphaned: {path}")
            problems += 1
    if problems:
        print(f"run: python -m {package}", file=sys.stderr)
        return 1
    print(f"{len(files)} templates are up to date")
    return 0


def print_difference(path: Path, committed: bytes, generated: bytes) -> None:
    """Print a unified diff from the committed to the generated content."""
    import difflib  # only here: an import that costs time, for the rare case

    before = committed.decode(errors="replace").splitlines(keepends=True)
    after = generated.decode().splitlines(keepends=True)
    sys.stdout.writelines(difflib.unified_diff(before, after, str(path), "generated"))
