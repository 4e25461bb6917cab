"""The figures of a load run, and whether it held."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.faults.calls import Call
from tests.benchmarks.load.outcome import Outcome
from tests.benchmarks.load.uploads import Sent

GROWTH_MB = 128.0  # what processing may take above an idle process
PERCENTILES = (50, 95, 99)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a run gave. ``milliseconds`` are times in the handler, by percentile."""

    files: int
    megabytes: float
    seconds: float
    receipts: int
    parked: int
    missing: list[str]
    calls: int
    failed_calls: int
    milliseconds: dict[str, float]
    growth_mb: float

    @property
    def holds(self) -> bool:
        """Whether nothing is missing and memory stayed bounded."""
        return not self.missing and 0 < self.growth_mb <= GROWTH_MB


def figures(
    sent: Sequence[Sent],
    outcome: Outcome,
    calls: Sequence[Call],
    growth_mb: float,
    seconds: float,
) -> Figures:
    """Return the figures of a run of at least two processed files."""
    keys = {file.key for file in sent}
    cuts = statistics.quantiles(outcome.milliseconds, n=100)
    return Figures(
        files=len(sent),
        megabytes=round(sum(file.size for file in sent) / 1_000_000, 1),
        seconds=round(seconds, 1),
        receipts=len(keys & outcome.receipts),
        parked=len(keys & outcome.parked),
        missing=sorted(keys - outcome.receipts - outcome.parked),
        calls=len(calls),
        failed_calls=sum(not 200 <= call.status < 300 for call in calls),
        milliseconds={
            **{f"p{percent}": cuts[percent - 1] for percent in PERCENTILES},
            "maximum": max(outcome.milliseconds),
        },
        growth_mb=round(growth_mb, 1),
    )


def show(console: Console, run: Figures) -> None:
    """Print the figures and the verdict."""
    table = Table("load on the emulator", "")
    rows = {
        "files": f"{run.files:,} ({run.megabytes:,} MB)",
        "time": f"{run.seconds:,} s, uploading included",
        "throughput": f"{run.files / run.seconds:,.1f} files/s, "
        f"{run.megabytes / run.seconds:,.1f} MB/s",
        "AWS calls of the function": f"{run.calls:,}, of which {run.failed_calls:,} failed",
        "in the handler (ms)": ", ".join(f"{k} {v:,.0f}" for k, v in run.milliseconds.items()),
        "receipts": f"{run.receipts:,}",
        "parked": f"{run.parked:,}",
        "missing": f"{len(run.missing):,} {' '.join(run.missing[:5])}",
        "memory above an idle process": f"{run.growth_mb} MB at most",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    console.print(table)
    for statement, holds in (
        ("every file is in the ledger or in the dead-letter queue", not run.missing),
        (f"memory grows by at most {GROWTH_MB:.0f} MB", 0 < run.growth_mb <= GROWTH_MB),
    ):
        mark, style = ("holds", "green") if holds else ("FAILED", "bold red")
        console.print(f"{statement}: [{style}]{mark}[/]", highlight=False)


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Write the figures for scripts."""
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
