"""The figures, to read."""

from collections.abc import Mapping

from rich.console import Console

from tests.benchmarks import report
from tests.benchmarks.handler.cost import KEEPING, PRICES, Cost, processing
from tests.benchmarks.handler.warm import Situation, WarmResult


def show_warm(console: Console, warm: Mapping[Situation, WarmResult]) -> None:
    """Print a line for each situation."""
    columns = ("files", "+ms per call", "median ms", "min", "max", "log bytes", "AWS calls")
    table = report.table(console, "warm calls", "handler", *columns)
    for situation, result in warm.items():
        times = (result.median, min(result.milliseconds), max(result.milliseconds))
        table.add_row(
            *map(str, situation),
            *(f"{milliseconds:.1f}" for milliseconds in times),
            f"{result.log_bytes:,.0f}",
            ", ".join(f"{number} {name}" for name, number in result.aws_calls.items()),
        )
    console.print(table)


def show_costs(console: Console, costs: Mapping[str, Cost]) -> None:
    """Print what a million files cost, by price."""
    table = report.table(console, "dollars for a million files", "", *costs)
    for kept in (False, True):
        for name, price in PRICES["prices"].items():
            if (name in KEEPING) == kept:
                table.add_row(price["what"], *(f"{cost[name]:.3f}" for cost in costs.values()))
        totals = (sum(cost.values()) if kept else processing(cost) for cost in costs.values())
        what = "with the ledger" if kept else "to process"
        table.add_row(what, *(f"{total:.2f}" for total in totals), style="bold")
    console.print(table)
