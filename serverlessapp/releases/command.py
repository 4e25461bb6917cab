"""``python -m serverlessapp.releases``."""

import argparse
import sys
from pathlib import Path

from serverlessapp.diff.model import ComparisonError
from serverlessapp.diff.sources import current, working_tree
from serverlessapp.releases import changelog
from serverlessapp.releases.archive import RELEASES, TEMPLATES, ReleaseError
from serverlessapp.releases.changelog import CHANGELOG
from serverlessapp.releases.freeze import freeze
from serverlessapp.template.schemas import SchemasMissingError

EXAMPLES = """\
It refuses a version that exists with other bytes, that is not above the last one or too low for
what changes, or that the changelog does not describe.

examples:
  python -m serverlessapp.releases                     freeze the version that templates/ have
  python -m serverlessapp.releases --releases /tmp/r   try it somewhere else

exit codes: 0 released, or released before with these bytes; 1 refused; 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m serverlessapp.releases",
        description="Freeze the templates of this version under templates/releases/<version>/.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--templates", type=Path, default=TEMPLATES, metavar="DIR")
    made.add_argument("--releases", type=Path, default=RELEASES, metavar="DIR")
    made.add_argument("--changelog", type=Path, default=CHANGELOG, metavar="FILE")
    return made


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = parser().parse_args(argv)
    try:
        version = working_tree(arguments.templates).version
        made = freeze(
            version,
            current(arguments.templates),
            changelog.read(arguments.changelog),
            arguments.releases,
        )
    except (ComparisonError, ReleaseError, SchemasMissingError) as error:
        return refused(str(error))
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"released: {made}" if made else f"{version} is released, and the same")
    return 0


def refused(reason: str) -> int:
    """Say why there is no release, and return the exit code."""
    print(f"not released: {reason}", file=sys.stderr)
    return 1
