"""``python -m generators release``."""

import argparse
import sys
from pathlib import Path

from generators import __version__, freshness
from generators.changes.model import ComparisonError
from generators.changes.sources import current
from generators.command import TEMPLATES, owned, templates
from generators.releases import changelog
from generators.releases.archive import RELEASES, ReleaseError
from generators.releases.changelog import CHANGELOG
from generators.releases.freeze import freeze
from generators.render import TemplateTooLargeError
from generators.schemas import SchemasMissingError

EXAMPLES = """\
It refuses a version that exists with other bytes, that is not above the last one or too low for
what changes, that the changelog does not describe, and templates that are not up to date.

examples:
  python -m generators release                     freeze generators.__version__
  python -m generators release --releases /tmp/r   try it somewhere else

exit codes: 0 released, or released before with these bytes; 1 refused; 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m generators release",
        description="Freeze the templates of this version under templates/releases/<version>/.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--templates", type=Path, default=TEMPLATES, metavar="DIR")
    made.add_argument("--releases", type=Path, default=RELEASES, metavar="DIR")
    made.add_argument("--changelog", type=Path, default=CHANGELOG, metavar="FILE")
    return made


def main(argv: list[str]) -> int:
    """Run the command and return its exit code."""
    arguments = parser().parse_args(argv)
    try:
        if freshness.check(arguments.templates, templates(), owned, "generators"):
            return refused("the templates are not up to date")
        made = freeze(
            __version__,
            current(arguments.templates),
            changelog.read(arguments.changelog),
            arguments.releases,
        )
    except (ComparisonError, ReleaseError, SchemasMissingError, TemplateTooLargeError) as error:
        return refused(str(error))
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"released: {made}" if made else f"{__version__} is released, and the same")
    return 0


def refused(reason: str) -> int:
    """Say why there is no release, and return the exit code."""
    print(f"not released: {reason}", file=sys.stderr)
    return 1
