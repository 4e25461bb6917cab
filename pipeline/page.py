"""The generated parts of pages in ``docs/``, and whether they are fresh."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from generators import tables
from pipeline import costs, overview, scaling, updates
from pipeline.delivery_keys import FORM
from pipeline.derivation import table

ROOT = Path(__file__).resolve().parent.parent
PAGES = tuple(
    ROOT / "docs" / f"{name}.md"
    for name in (
        *("architecture", "commands", "deploy-role", "pipeline", "processors", "reference"),
        *("rules", "scaling", "updates"),
    )
)


def rules() -> str:
    """Return a table of our rules for cfn-lint, a row each."""
    from serverlessapp.validation import classes  # cfn-lint takes a second

    rows = [f"| [{each.id}]({each.source_url}) | {each.shortdesc} |" for each in classes()]
    return "\n".join(["| Rule | Requirement |", "|---|---|", *rows])


def delivery() -> str:
    """Return what ``delivery.toml`` may say as a table."""
    rows = [
        (FORM.header(key.section), f"`{key.name}`", key.allowed, key.means) for key in FORM.keys
    ]
    return tables.table(("section", "key", "allowed values", "description"), rows)


def commands() -> str:
    """Return the help of each command of the tool, as a narrow terminal shows it."""
    from typer.main import get_group  # the tool takes a second, too

    import serverlessapp.cli.main  # noqa: F401  it adds all commands
    from serverlessapp.cli.app import app

    sections = []
    for name, command in sorted(get_group(app).commands.items()):
        if not command.hidden:
            title = f"serverlessapp {name}"
            context = command.context_class(command, info_name=title, terminal_width=80)
            text = re.sub(r"[ \t]+$", "", command.get_help(context), flags=re.MULTILINE)
            sections.append(f"## `{title}`\n\n```text\n{text}\n```")
    return "\n\n".join(sections)


# What writes each part, by its name.
PARTS: Mapping[str, Callable[[], str]] = {
    "alarms": tables.alarms,
    "commands": commands,
    "dashboard": tables.dashboard,
    "outputs": tables.outputs,
    "stages": overview.stage_table,
    "builds": overview.build_table,
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
    "updates": updates.application,
    "updates_of_delivery": updates.delivery,
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


def refresh(text: str) -> str:
    """Return the page with its generated parts as they should be.

    Raises:
        ValueError: The page has no such part, or one that nothing writes.
    """
    if not PART.search(text):
        raise ValueError(
            "the page lacks the markers of a part, such as: <!-- generated: stages -->\n"
            "<!-- end -->"
        )

    def generated(part: re.Match[str]) -> str:
        begin, name, end = part.groups()
        if name not in PARTS:
            raise ValueError(f"unknown part {name}; known: {', '.join(PARTS)}")
        return f"{begin}{PARTS[name]()}\n{end}"

    return PART.sub(generated, text)
