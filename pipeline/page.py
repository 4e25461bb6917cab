"""The generated parts of README and ``docs/``, and whether they are fresh."""

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from generators import tables
from pipeline import costs, picture
from pipeline.derivation import table

ROOT = Path(__file__).resolve().parent.parent
PAGES = (ROOT / "README.md", ROOT / "docs" / "deploy-role.md", ROOT / "docs" / "pipeline.md")

# What writes each part, by its name.
PARTS: Mapping[str, Callable[[], str]] = {
    "stages": picture.draw,
    "cost": costs.table,
    "grants": table.grants,
    "parameters": tables.parameters,
}
EXAMPLES = """\
examples:
  python -m pipeline docs                          write the generated parts
  python -m pipeline docs --check                  exit 1 if one is stale
  python -m pipeline docs --page docs/pipeline.md  only this page

exit codes: 0 written or fresh, 1 stale, 2 wrong usage or no such page
"""
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main(argv: list[str]) -> int:
    """Write the generated parts of the pages, or check them; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline docs",
        description="Write the generated parts of " + ", ".join(p.name for p in PAGES),
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="verify instead of writing")
    parser.add_argument(
        "--page", type=Path, action="append", metavar="FILE", help="only this one; repeatable"
    )
    arguments = parser.parse_args(argv)
    pages = arguments.page or PAGES
    try:
        texts = {page: page.read_text(encoding="utf-8") for page in pages}
        fresh = {page: refresh(text) for page, text in texts.items()}
        if not arguments.check:
            for page, text in fresh.items():
                page.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    stale = [page for page in pages if arguments.check and texts[page] != fresh[page]]
    for page in pages:
        if page in stale:
            print(f"stale: {page}; run: python -m pipeline docs", file=sys.stderr)
        else:
            print(f"{page}: up to date")
    return 1 if stale else 0


def refresh(text: str, parts: Mapping[str, Callable[[], str]] = PARTS) -> str:
    """Return the page with its generated parts as they should be.

    Args:
        text: The page.
        parts: What writes each part, by its name.

    Raises:
        ValueError: The page has no such part, or one that nothing writes.
    """
    if not PART.search(text):
        raise ValueError("the page has no part like: <!-- generated: stages -->\n<!-- end -->")

    def written(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        if name not in parts:
            raise ValueError(f"nothing writes the part {name}; there are {', '.join(parts)}")
        return f"{begin}{parts[name]()}\n{end}"

    return PART.sub(written, text)
