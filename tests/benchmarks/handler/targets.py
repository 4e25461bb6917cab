"""What the handler has to reach."""

from tests.benchmarks.handler.calls import Measured, Situation, ratio
from tests.benchmarks.handler.cost import Cost, processing
from tests.benchmarks.results import Result
from tests.benchmarks.targets import Verdict

DELAY_MS = 15
CALLS = 2
LATENCY = {1: 0.50, 10: 0.25}  # by files per event
COLD = 1.10
MEMORY = 1.10
CHEAPER = 12


def judge(measured: Measured, ours: Result, conventional: Result) -> list[Verdict]:
    """Compare the figures of one run, warm calls and cold processes, with the targets."""
    one = Situation(1, DELAY_MS)
    made, others = (measured[name][one].aws_calls.total() for name in ("ours", "conventional"))
    return [
        Verdict(
            f"{made} AWS calls for a file, conventional {others} (must be at most {CALLS})",
            made <= CALLS,
        ),
        *(latency(measured, files, limit) for files, limit in LATENCY.items()),
        at_most("cold start", ours.median / conventional.median, COLD),
        at_most("peak memory", ours.peak_mb / conventional.peak_mb, MEMORY),
    ]


def cheaper(ours: Cost, conventional: Cost) -> Verdict:
    """Return the verdict about the cost of processing.

    Nothing else keeps a ledger, so a year of that is told with it, but not judged.
    """
    times = processing(conventional) / processing(ours)
    all_in = sum(conventional.values()) / sum(ours.values())
    return Verdict(
        f"cost of processing: 1/{times:.1f} of the conventional one, 1/{all_in:.1f} with a year "
        f"of ledger entries (the first must be at most 1/{CHEAPER})",
        times >= CHEAPER,
    )


def latency(measured: Measured, files: int, limit: float) -> Verdict:
    """Return the verdict about the latency of events with that many files."""
    what = f"latency of {files} file{'s' * (files > 1)} at +{DELAY_MS} ms a call"
    return at_most(what, ratio(measured, Situation(files, DELAY_MS)), limit)


def at_most(what: str, value: float, limit: float) -> Verdict:
    """Return the verdict about a ratio to the conventional handler."""
    statement = f"{what}: {value:.3f} of the conventional one (must be at most {limit:.2f})"
    return Verdict(statement, value <= limit)
