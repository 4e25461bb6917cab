"""``docs/pipeline.md``: the parts of it that are generated, and whether they are fresh."""

import argparse
import sys
from pathlib import Path

from pipeline import costs, picture
from pipeline.outline import outline

PAGE = Path(__file__).resolve().parent.parent / "docs" / "pipeline.md"
BLOCK = "<!-- generated: {name} -->\n"
END = "<!-- end -->"


def main(argv: list[str]) -> int:
    """Write the generated parts of the page, or check them; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline docs",
        description="Write the generated parts of docs/pipeline.md.",
        epilog="exit codes: 0 written or fresh, 1 stale, 2 wrong usage or no such page",
    )
    parser.add_argument("--check", action="store_true", help="verify instead of writing")
    parser.add_argument("--page", type=Path, default=PAGE, metavar="FILE")
    arguments = parser.parse_args(argv)
    try:
        text = arguments.page.read_text(encoding="utf-8")
        fresh = refresh(text)
        if not arguments.check:
            arguments.page.write_text(fresh, encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.check and fresh != text:
        print(f"stale: {arguments.page}; run: python -m pipeline docs", file=sys.stderr)
        return 1
    print(f"{arguments.page}: up to date")
    return 0


def refresh(text: str) -> str:
    """Return the page with its generated parts as they should be.

    Raises:
        ValueError: A part has no place on the page.
    """
    stages = outline()
    for name, content in (("stages", picture.draw(stages)), ("cost", costs.table(stages))):
        begin = BLOCK.format(name=name)
        before, found, rest = text.partition(begin)
        _, ended, after = rest.partition(END)
        if not found or not ended:
            raise ValueError(f"the page has no place for {name}: {begin}{END}")
        text = f"{before}{begin}{content}\n{END}{after}"
    return text
