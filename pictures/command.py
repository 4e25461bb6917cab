"""Draws the pictures of the documentation, or checks that they are fresh."""

import argparse
import sys
from pathlib import Path

from pictures import backlog, dot, flow

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"

EXAMPLES = """\
examples:
  tox exec -e docs -- python -m pictures            draw them
  tox exec -e docs -- python -m pictures --check    exit 1 if one is stale

exit codes: 0 written or fresh, 1 stale, 2 wrong usage, or what draws is not installed
"""


def drawn() -> dict[str, bytes]:
    """Return the pictures by their names: the same bytes from the same versions of what draws."""
    template = flow.template()
    return {
        "backlog.svg": backlog.draw(),
        "flow.svg": dot.draw(dot.source(template, flow.steps(template))),
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pictures",
        description="Draw the pictures of the documentation from the template and the model.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="verify instead of writing")
    parser.add_argument("--folder", type=Path, default=FOLDER, metavar="DIR", help="of them")
    arguments = parser.parse_args(argv)
    try:
        pictures = {arguments.folder / name: content for name, content in drawn().items()}
        if not arguments.check:
            for path, content in pictures.items():
                path.write_bytes(content)
        stale = [p for p, content in pictures.items() if p.read_bytes() != content]
    except ImportError as error:
        print(f"error: {error}; run it as: tox exec -e docs -- python -m pictures", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for path in stale:
        print(f"stale: {path}; run: tox exec -e docs -- python -m pictures", file=sys.stderr)
    return 1 if stale else 0
