"""The figures, to read and to process."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.results import Result
from tests.benchmarks.targets import Verdict


def show_table(console: Console, results: Sequence[Result], ours: Result) -> None:
    """Print a line for each contender, with its ratio to ours."""
    table = Table()
    table.add_column("what")
    for title in ("median s", "min", "max", "peak MB", "ratio to ours"):
        table.add_column(title, justify="right")
    for result in results:
        seconds = (result.median, result.minimum, result.maximum)
        table.add_row(
            result.label,
            *(f"{value:.3f}" for value in seconds),
            f"{result.peak_mb:.1f}",
            f"{result.median / ours.median:.2f}",
        )
    console.print(table)


def show_notes(console: Console, notes: Sequence[str]) -> None:
    """Print what has to be known to understand the figures."""
    for note in notes:
        console.print(f"- {note}", highlight=False, markup=False)


def show_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Print a line for each target and whether it is reached."""
    for verdict in verdicts:
        mark, style = ("reached", "green") if verdict.holds else ("MISSED", "bold red")
        console.print(f"{verdict.statement}: [{style}]{mark}[/]", highlight=False, soft_wrap=True)


def write_json(
    path: Path, results: Mapping[str, Result], notes: Sequence[str], verdicts: Sequence[Verdict]
) -> None:
    """Write every measurement, so that others can calculate for themselves."""
    document = {
        "results": {name: asdict(result) for name, result in results.items()},
        "notes": notes,
        "targets": [asdict(verdict) for verdict in verdicts],
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
