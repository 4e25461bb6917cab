"""``python -m generators``: writes the application templates, or checks that they are fresh."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from generators import extension, freshness
from generators.application import build
from generators.render import GenerationError, render
from generators.retention import Retention

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
EXAMPLES = """\
examples:
  python -m {package}                 write the templates
  python -m {package} --check         exit 1 and show a diff if they are not up to date
  python -m {package} --output build  write them somewhere else
  python -m {package} --output build --processor examples/thumbnails
                                       with what this processor's permissions.py grants
{more}
exit codes: 0 done or fresh, 1 stale, missing or orphaned templates, 2 wrong usage
"""

Make = Callable[[extension.Grants], Mapping[str, bytes]]


def templates(grants: extension.Grants = extension.no_grants) -> dict[str, bytes]:
    """Return the content of each application template by file name."""
    return {f"{kind.value}.yaml": render(build(kind, grants)) for kind in Retention}


def owned(name: str) -> bool:
    """Tell whether only this package may create a template of this name."""
    return name.startswith("application")


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return run(argv, package="generators", make=templates, owned=owned)


def run(
    argv: list[str] | None,
    *,
    package: str,
    make: Make,
    owned: Callable[[str], bool],
    more: str = "",
) -> int:
    """Write templates or check them, as a command line says, and return the exit code.

    Args:
        argv: The command line; by default, this process's own.
        package: What generates.
        make: Returns the content of each template by file name, given a processor's grants.
        owned: Tells names that only this package may create.
        more: Further examples.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {package}",
        description="Generate CloudFormation templates.",
        epilog=EXAMPLES.format(package=package, more=more),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="verify instead of writing")
    parser.add_argument(
        "--output", type=Path, default=TEMPLATES, metavar="DIR", help="default: templates/"
    )
    parser.add_argument(
        "--processor", type=Path, metavar="FOLDER", help="add what its permissions.py grants"
    )
    arguments = parser.parse_args(argv)
    folder = arguments.processor
    if folder and arguments.output.resolve() == TEMPLATES:
        parser.error("--processor needs an --output of its own; templates/ stays generic")
    try:
        content = make(extension.grants_of(folder) if folder else extension.no_grants)
    except GenerationError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.check:
        return freshness.check(arguments.output, content, owned, package)
    return freshness.write(arguments.output, content)
