"""``python -m generators``: writes the application templates, or checks that they are fresh."""

import argparse
import difflib
import sys
from collections.abc import Callable, Mapping, Sequence
from os.path import normpath
from pathlib import Path
from types import MappingProxyType

from generators import lanes
from generators.editions import Edition
from generators.lanes import Lane
from generators.render import GenerationError, render
from serverlessapp.processors.definition import ProcessorError

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
EXAMPLES = """\
examples:
  python -m {package}                 write the templates
  python -m {package} --check         exit 1 and show a diff if they are stale
  python -m {package} --output build  write them to another folder
  python -m {package} --output build --processors examples
                                       for the processors in another folder
{more}
exit codes: 0 written or up to date, 1 stale, missing or orphaned files, 2 wrong usage
"""

Make = Callable[[Sequence[Lane]], Mapping[str, bytes]]


def templates(lanes: Sequence[Lane] | None = None) -> dict[str, bytes]:
    """Return the content of each application template by file name; see ``application.build``."""
    return {f"{kind.value}.yaml": render(kind.build(lanes)) for kind in Edition}


def owned(name: str) -> bool:
    """Tell whether only this package may create a template of this name."""
    return name.startswith("application")


def main(argv: list[str] | None = None) -> int:
    return run(argv, package="generators", make=templates, owned=owned)


def run(
    argv: list[str] | None,
    *,
    package: str,
    make: Make,
    owned: Callable[[str], bool],
    more: str = "",
    by_hand: Mapping[str, str] = MappingProxyType({}),
    parents: Sequence[argparse.ArgumentParser] = (),
) -> int:
    """Write templates or check them, as a command line says, and return the exit code.

    Args:
        argv: The command line; by default, this process's own.
        package: What generates.
        make: Returns the content of each template by file name, given the lanes; of a file
            elsewhere in the repository by its way from ``templates/``.
        owned: Tells names that only this package may create.
        more: Further examples.
        by_hand: What a person has to do when a template changes, by its file name. ``{path}`` in
            it is the file.
        parents: Have further options, which whoever calls reads.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}",
        description="Generate CloudFormation templates.",
        epilog=EXAMPLES.format(package=package, more=more),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="check that the templates are up to date; write nothing",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=TEMPLATES,
        metavar="DIR",
        help="where to write (default: templates/)",
    )
    parser.add_argument(
        "--processors",
        type=Path,
        metavar="DIR",
        help="folder with processors (default: processors/)",
    )
    arguments = parser.parse_args(argv)
    try:
        content = make(lanes.load(arguments.processors))
    except (GenerationError, ProcessorError) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.output.resolve() != TEMPLATES:
        # Beside templates/ is the repository; beside another folder, nobody knows what.
        content = {name: text for name, text in content.items() if not name.startswith("..")}
    if arguments.check:
        return check(arguments.output, content, owned, package)
    return write(arguments.output, content, by_hand)


def write(folder: Path, files: Mapping[str, bytes], by_hand: Mapping[str, str]) -> int:
    """Write each file into the folder and say so; return the exit code. See ``run``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = Path(normpath(folder / name))
            changes = name in by_hand and path.is_file() and path.read_bytes() != content
            path.write_bytes(content)
            print(f"{path}: {len(content):,} bytes")
            if changes:
                print(by_hand[name].format(path=path))
    except OSError as error:
        print(f"cannot write to {folder}: {error}", file=sys.stderr)
        return 2
    return 0


def check(
    folder: Path, files: Mapping[str, bytes], owned: Callable[[str], bool], package: str
) -> int:
    """Compare the folder with what would be written, print how they differ, and return 1 if so.

    See ``run``. A file is orphaned if only this package may create it, and does not.
    """
    problems = 0
    for name, content in files.items():
        path = Path(normpath(folder / name))
        if not path.is_file():
            print(f"missing: {path}")
        elif (committed := path.read_bytes()) != content:
            print(f"stale: {path}")
            before = committed.decode(errors="replace").splitlines(keepends=True)
            after = content.decode().splitlines(keepends=True)
            sys.stdout.writelines(difflib.unified_diff(before, after, str(path), "generated"))
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
    print(f"{len(files)} files are up to date")
    return 0
