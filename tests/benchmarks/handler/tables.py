"""The figures, to read."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.handler.calls import Calls, Measured, Situation, ratio
from tests.benchmarks.handler.cost import KEEPING, Cost, processing
from tests.benchmarks.handler.warm import DELAYS_MS, FILES


def show_calls(console: Console, measured: Measured) -> None:
    """Print what each handler calls for an event."""
    table = Table("handler", "files", "calls", "which", "log bytes", title="AWS calls, warm")
    for files in FILES:
        for name, situations in measured.items():
            calls = situations[Situation(files, 0)]
            which = ", ".join(f"{number} {what}" for what, number in calls.aws_calls.items())
            total, logged = calls.aws_calls.total(), calls.bytes_logged
            table.add_row(name, str(files), str(total), which, f"{logged:,.0f}")
    console.print(table)


def show_latency(console: Console, measured: Measured) -> None:
    """Print how long a warm call takes, and ours in relation to the other."""
    table = Table("files", title="milliseconds of a warm call: median (minimum to maximum)")
    for title in ("per AWS call", *measured, "ratio"):
        table.add_column(title, justify="right")
    for files in FILES:
        for delay in DELAYS_MS:
            situation = Situation(files, delay)
            table.add_row(
                str(files),
                f"+{delay} ms",
                *(took(situations[situation]) for situations in measured.values()),
                f"{ratio(measured, situation):.3f}",
            )
    console.print(table)


def took(calls: Calls) -> str:
    """Return the time of calls, to read."""
    low, high = min(calls.milliseconds), max(calls.milliseconds)
    return f"{calls.median:.1f} ({low:.1f} to {high:.1f})"


def show_costs(
    console: Console, costs: Mapping[str, Cost], prices: Mapping[str, Mapping[str, Any]]
) -> None:
    """Print what a million files cost, by price."""
    table = Table("", title="dollars for a million files")
    for name in costs:
        table.add_column(name, justify="right")
    for kept, total, sum_of in (
        (False, "to process", processing),
        (True, "with the ledger", lambda cost: sum(cost.values())),
    ):
        for price, about in prices.items():
            if (price in KEEPING) == kept:
                table.add_row(about["what"], *(f"{cost[price]:.3f}" for cost in costs.values()))
        totals = [sum_of(cost) for cost in costs.values()]
        table.add_section()
        table.add_row(total, *(f"{dollars:.2f}" for dollars in totals), style="bold")
        ratios = (f"1/{totals[0] / dollars:.1f}" for dollars in totals)
        table.add_row("of conventional", *ratios, end_section=True)
    console.print(table)
