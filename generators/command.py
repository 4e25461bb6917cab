"""Writes the application templates, or checks that they are fresh."""

import argparse
import sys
from pathlib import Path

from generators import extension, freshness
from generators.application import build
from generators.render import TemplateTooLargeError, render
from generators.retention import Retention

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

EXAMPLES = """\
examples:
  python -m generators                 write templates/application*.yaml
  python -m generators --check         exit 1 and show a diff if they are not up to date
  python -m generators --output build  write them somewhere else
  python -m generators --output build --processor examples/thumbnails
                                       with the permissions that this processor declares

exit codes: 0 done or fresh, 1 stale, missing or orphaned templates, 2 wrong usage
"""


def templates(grants: extension.Grants = extension.no_grants) -> dict[str, bytes]:
    """Return the content of each application template by file name."""
    return {f"{kind.value}.yaml": render(build(kind, grants)) for kind in Retention}


def owned(name: str) -> bool:
    """Tell whether only this package may create a template of this name."""
    return name.startswith("application")


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m generators",
        description="Generate the application's CloudFormation templates.",
        epilog=EXAMPLES,
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
    if arguments.processor and arguments.output.resolve() == TEMPLATES:
        parser.error("--processor needs an --output of its own; templates/ stays generic")
    try:
        folder = arguments.processor
        content = templates(extension.grants_of(folder) if folder else extension.no_grants)
    except (extension.ExtensionError, TemplateTooLargeError) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.check:
        return freshness.check(arguments.output, content, owned, "generators")
    return freshness.write(arguments.output, content)
