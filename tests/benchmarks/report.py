"""The figures, to read and to process."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Verdict:
    """Whether one target is reached."""

    statement: str
    holds: bool


def at_most(what: str, value: float, limit: float) -> Verdict:
    """Return the verdict about a figure that should be small."""
    return Verdict(f"{what}: {value:,.3f} (target: at most {limit:g})", value <= limit)


def at_least(what: str, value: float, limit: float) -> Verdict:
    """Return the verdict about a figure that should be large."""
    return Verdict(f"{what}: {value:,.3f} (target: at least {limit:g})", value >= limit)


def table(console: Console, title: str, *columns: str) -> Table:
    """Return an empty table: framed at a terminal, plain elsewhere; numbers are to the right."""
    style = box.SIMPLE if console.is_terminal else None
    made = Table(columns[0], title=title, title_justify="left", box=style)
    for column in columns[1:]:
        made.add_column(column, justify="right")
    return made


def finish(
    console: Console,
    file: Path | None,
    verdicts: Sequence[Verdict],
    notes: Sequence[str],
    document: Mapping[str, object],
) -> int:
    """Print notes and verdicts, write everything as JSON to a file, and return the exit code.

    The document has every measurement, so that others can calculate for themselves.
    """
    machine = (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors"
    )
    for note in (*notes, machine):
        console.print(f"- {note}", highlight=False, markup=False)
    for verdict in verdicts:
        mark, style = ("reached", "green") if verdict.holds else ("MISSED", "bold red")
        console.print(f"{verdict.statement}: [{style}]{mark}[/]", highlight=False, soft_wrap=True)
    if file:
        targets = [asdict(verdict) for verdict in verdicts]
        content = {"machine": machine, "notes": notes, "targets": targets, **document}
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return 0 if all(verdict.holds for verdict in verdicts) else 1
