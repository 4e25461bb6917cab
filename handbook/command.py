"""Writes the page."""

import argparse
import sys
from pathlib import Path

from handbook import page
from handbook.documents import MissingPartError

EXAMPLES = """\
examples:
  python -m handbook                write dist/serverlessapp.html

exit codes: 0 written, 2 wrong usage, or something that belongs on the page cannot be read
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m handbook",
        description="Write one page with everything, in one file that needs no network.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("dist/serverlessapp.html"),
        metavar="FILE",
        help="default: dist/serverlessapp.html",
    )
    arguments = parser.parse_args(argv)
    try:
        page.write(arguments.output)
    except (OSError, MissingPartError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{arguments.output}: {arguments.output.stat().st_size:,} bytes")
    return 0
