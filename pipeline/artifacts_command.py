"""``python -m pipeline artifacts``."""

import argparse
import sys
from pathlib import Path

from pipeline.artifacts import assemble

EXAMPLES = """\
examples:
  python -m pipeline artifacts --output dist

It writes templates/, environments/, release/ with SHA256SUMS, and VERSION: a version that
"tox run -e release" froze with these bytes is itself, any other has "-dev" appended.

exit codes: 0 done, 2 wrong usage, or a folder cannot be read or written
"""


def main(argv: list[str]) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline artifacts",
        description="Collect what the pipeline delivers.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    arguments = parser.parse_args(argv)
    try:
        version = assemble(arguments.output)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{arguments.output}: version {version}")
    return 0
