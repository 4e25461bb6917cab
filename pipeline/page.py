"""The generated parts of README and ``docs/``, and whether they are fresh."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from generators import tables
from pipeline import costs, picture, scaling
from pipeline.delivery_keys import FORM
from pipeline.derivation import table

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    ROOT / "README.md",
    *(
        ROOT / "docs" / name
        for name in ("deploy-role.md", "pipeline.md", "processors.md", "rules.md", "scaling.md")
    ),
)


def rules() -> str:
    """Return a table of our rules for cfn-lint, a row each."""
    from serverlessapp.validation import classes  # cfn-lint takes a second

    rows = [f"| [{each.id}]({each.source_url}) | {each.shortdesc} |" for each in classes()]
    return "\n".join(["| Rule | What has to hold |", "|---|---|", *rows])


def delivery() -> str:
    """Return what ``delivery.toml`` may say as a table."""
    rows = [
        (FORM.header(key.section), f"`{key.name}`", key.allowed, key.means) for key in FORM.keys
    ]
    return tables.table(("section", "key", "what it takes", "what it is for"), rows)


# What writes each part, by its name.
PARTS: Mapping[str, Callable[[], str]] = {
    "stages": picture.draw,
    "cost": costs.table,
    "delivery": delivery,
    "grants": table.grants,
    "parameters": tables.parameters,
    "processor": tables.processor,
    "rules": rules,
    "capacity_limits": scaling.limits,
    "capacity_bursts": scaling.bursts,
    "capacity_costs": scaling.costs_of_files,
    "quotas": scaling.of_aws,
}
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def update(pages: Iterable[Path], *, check: bool) -> list[Path]:
    """Write the generated parts of pages, or only look; return the pages that stay stale.

    Raises:
        OSError: A page cannot be read or written.
        ValueError: A page lacks its parts, or has one that nothing writes.
    """
    stale = []
    for path in pages:
        text = path.read_text(encoding="utf-8")
        fresh = refresh(text)
        if check and fresh != text:
            stale.append(path)
        elif not check:
            path.write_text(fresh, encoding="utf-8")
    return stale


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

    def generated(part: re.Match[str]) -> str:
        begin, name, end = part.groups()
        if name not in parts:
            raise ValueError(f"nothing writes the part {name}; there are {', '.join(parts)}")
        return f"{begin}{parts[name]()}\n{end}"

    return PART.sub(generated, text)
