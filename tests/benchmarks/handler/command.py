"""``python -m tests.benchmarks handler``: the project's handler beside a conventional one."""

import argparse
import json
import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks import arguments, report
from tests.benchmarks.handler import cold, cost, tables, warm
from tests.benchmarks.handler.contenders import Contender, applied, contenders, environment
from tests.benchmarks.handler.figures import Figures
from tests.benchmarks.handler.notes import notes_on
from tests.benchmarks.handler.stub_process import StubProcess
from tests.benchmarks.processes import Sample
from tests.benchmarks.results import result
from tests.benchmarks.rounds import interleave

HELP = "calls, latency, cold start, memory and cost of the handler, beside a conventional one"
EXAMPLES = """\
examples:
  python -m tests.benchmarks handler                      takes a minute or two
  python -m tests.benchmarks handler --rounds 25
  python -m tests.benchmarks handler --json figures.json

exit codes: 0 every target is reached, 1 one is missed, 2 wrong usage or something cannot be
run, 130 interrupted
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this benchmark takes."""
    arguments.add_to(parser)


def run(console: Console, options: argparse.Namespace) -> int:
    """Measure, report and return the exit code.

    Raises:
        MeasurementError: Something cannot be run.
    """
    figures = measure(console, options.rounds)
    notes = notes_on(options.rounds)
    tables.show_calls(console, figures.warm)
    tables.show_latency(console, figures.warm)
    report.show_table(console, list(figures.cold.values()), figures.cold["ours"])
    tables.show_costs(console, figures.costs, cost.price_list()["prices"])
    report.show_notes(console, notes)
    report.show_verdicts(console, figures.verdicts)
    if options.json:
        document = figures.document() | {"notes": notes}
        options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0 if all(verdict.holds for verdict in figures.verdicts) else 1


def measure(console: Console, rounds: int) -> Figures:
    """Run both handlers, warm and cold.

    Raises:
        MeasurementError: A handler failed.
    """
    with tempfile.TemporaryDirectory() as folder, StubProcess() as stub, bar(console) as progress:
        scratch = Path(folder)
        field = contenders(scratch)
        total = warm.steps(rounds) + (rounds + 1) * len(field)
        task = progress.add_task("", total=total)

        def show(what: str) -> None:
            progress.update(task, description=what, advance=1, refresh=True)

        def sample(contender: Contender) -> Sample:
            measured = cold.first_call(contender, scratch, stub.endpoint)
            show("processes")
            return measured

        interleave(field, 1, sample)
        samples = interleave(field, rounds, sample)
        with applied(environment(os.environ, stub.endpoint)), warm.lambda_log():
            calls = warm.measure(stub, field, rounds, show)
    cold_starts = {name: result(f"import and first call, {name}", samples[name]) for name in field}
    return Figures(calls, cold_starts)


def bar(console: Console) -> Progress:
    """Return a progress display that no thread redraws: it would disturb what is measured."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        auto_refresh=False,
        disable=not console.is_terminal,
    )
