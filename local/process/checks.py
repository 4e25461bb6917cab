"""``tox run -e processors``: each processor's tests, style and types, in its own environment."""

import argparse
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.process import environment
from local.process.trial import RUNTIME
from serverlessapp.errors import OperatorError
from serverlessapp.processors.definition import DECLARATION, Processor, read

PARENTS = ("processors", "examples")
PROGRAMS = Path(sysconfig.get_path("scripts"))
UNTYPED = re.compile(r'(?:stubs not installed for|Skipping analyzing) "([^"]+)"')
NO_TESTS = 5  # pytest's exit code when there are none
Found = list[str]  # what is wrong, by line


def tests(processor: Processor, python: Path) -> Found:
    """Run the processor's tests with its own dependencies; the fixture is ``process``."""
    folder = processor.folder / "tests"
    if not folder.is_dir():
        return []
    command = [str(python), "-m", "pytest", "-p", "local.process.plugin", "-p", "no:cacheprovider"]
    command += ["--quiet", "--import-mode=importlib", f"--rootdir={processor.folder}"]
    command += [f"--config-file={os.devnull}", "--strict-markers", "-Werror", str(folder)]
    return said(command, good=(0, NO_TESTS))


def has_tests(processor: Processor) -> bool:
    """Tell whether there is a file that pytest takes for tests."""
    folder = processor.folder / "tests"
    return any(path for names in ("test_*.py", "*_test.py") for path in folder.rglob(names))


def style(processor: Processor, _: Path) -> Found:
    check = said([str(PROGRAMS / "ruff"), "check", "--quiet", str(processor.folder)])
    return check + said([str(PROGRAMS / "ruff"), "format", "--check", str(processor.folder)])


def types(processor: Processor, python: Path) -> Found:
    """Run mypy, which sees what is installed for the processor, and the runtime as ``index``."""
    own = [processor.folder.resolve(), RUNTIME, environment.ROOT]
    declared: list[str] = []
    code: list[str] = []
    for path in sorted(processor.folder.rglob("*.py")):
        (declared if path == processor.permissions else code).append(str(path))
    command = [str(PROGRAMS / "mypy"), "--strict", "--config-file=", "--no-color-output"]
    command += ["--explicit-package-bases", "--follow-imports=silent", "--no-error-summary"]
    # Tests of many processors have the same names, so each has a cache of its own.
    command += [f"--cache-dir={environment.ROOT / '.mypy_cache' / processor.name}"]
    bases = os.pathsep.join(map(str, own))
    found = []
    if code:
        found += said([*command, f"--python-executable={python}", *code], MYPYPATH=bases)
    if declared:  # runs when the template is made, with troposphere and awacs
        options = ["--follow-untyped-imports"]
        found += said([*command, *options, *declared], MYPYPATH=bases)
    for name in sorted({match[1] for line in found if (match := UNTYPED.search(line))}):
        found.append(
            f"{name} has no types: add its types-... or ...-stubs package, if one exists, to "
            f"{processor.folder / 'tests' / 'requirements.txt'}; otherwise append # type: "
            "ignore[import-untyped] to the import"
        )
    return found


CHECKS: dict[str, Callable[[Processor, Path], Found]] = {
    "tests": tests,
    "style": style,
    "types": types,
}


def said(command: list[str], good: Iterable[int] = (0,), **more: str) -> Found:
    """Run a program; return what it said, if it ended in another way."""
    done = subprocess.run(
        command,
        cwd=environment.ROOT,
        env=environment.variables(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode in good:
        return []
    return done.stdout.splitlines() or [f"{command[0]} failed with exit code {done.returncode}"]


def chosen(names: list[str]) -> list[Path]:
    """Return the folders to check: those named, or all of processors/ and examples/.

    Raises:
        OperatorError: One does not exist, or there is none at all.
    """
    there = [
        path.parent
        for parent in PARENTS
        for path in sorted((environment.ROOT / parent).glob(f"*/{DECLARATION}"))
    ]
    folders = [
        folder for folder in there if not names or folder.name in names or str(folder) in names
    ]
    absent = set(names) - {folder.name for folder in folders} - {str(each) for each in folders}
    paths = [Path(name).resolve() for name in sorted(absent) if Path(name, DECLARATION).is_file()]
    if len(absent) > len(paths) or not folders + paths:
        names = [folder.name for folder in there]
        raise OperatorError(f"no such processor; available: {', '.join(names) or 'none'}")
    return folders + paths


def main(argv: list[str] | None = None) -> int:
    """Check processors: 0 if all is well, 1 if something is not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="tox run -e processors --", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="processors to check (default: all)"
    )
    console, table = Console(), Table("processor", *CHECKS)
    failed = False
    try:
        for folder in chosen(parser.parse_args(argv).names):
            processor = read(folder)
            python = environment.python(processor)
            marks = []
            for name, check in CHECKS.items():
                with console.status(f"{processor.name}: {name} ..."):
                    found = check(processor, python)
                good = "[green]ok[/]" if name != "tests" or has_tests(processor) else "none"
                marks.append("[red]FAILED[/]" if found else good)
                failed = failed or bool(found)
                for line in found:
                    console.print(
                        f"{processor.name} {name}: {line}",
                        markup=False,
                        highlight=False,
                        soft_wrap=True,
                    )
            table.add_row(processor.name, *marks)
    except OperatorError as error:
        Console(stderr=True, soft_wrap=True).print(
            f"error: {error}", style="red", markup=False, highlight=False
        )
        return 2
    console.print(table)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
