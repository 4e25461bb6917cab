"""The project's handler beside a conventional one."""

import argparse
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from unittest.mock import patch

import botocore
from rich.console import Console

from tests.benchmarks import report
from tests.benchmarks.handler import cost, tables
from tests.benchmarks.handler.contenders import (
    CONTENDERS,
    CONVENTIONAL,
    OURS,
    environment,
    first_call,
)
from tests.benchmarks.handler.stub import Stub
from tests.benchmarks.handler.warm import Situation, WarmHandlers, WarmResult
from tests.benchmarks.measure import Result, in_turn
from tests.benchmarks.report import Verdict, at_least, at_most

FILES = (1, 10)
DELAYS_MS = (0, 15)
JUDGED_DELAY_MS = 15
CALLS = 5  # of each handler and situation in a round

AWS_CALLS = 2
LATENCY = {1: 0.50, 10: 0.25}  # by files per event
COLD = 1.10
MEMORY = 1.10
CHEAPER = 12
BATCHES = "ours, batches of 10"

NOTES = (
    "Ours (functions/file_processor) reads each file, verifies it and keeps a signed receipt. "
    "Conventional (conventional.py) only asks for the size.",
    "AWS is a local server in another process, which adds the time to each call. No TLS: a real "
    "connection costs more, but the same for each call of both.",
    "Warm: {rounds} times {calls} calls in turn. Cold: import and first call, secret included, "
    "{rounds} processes in turn; the handler is compiled each time, as in Lambda.",
    "Cost: prices of {recorded} in {region} ({terms}); 256 MB on arm64; calls, time at +15 ms, "
    "write units and log bytes as measured here, on this processor. The ledger is kept for a "
    "year, with point-in-time recovery; the conventional handler keeps nothing.",
    "In no cost: what both have (upload, the file's storage, metrics by the month), log storage, "
    "Lambda's own log lines, ours' secret calls (1 per environment and 300 s) and its receives "
    "while there are no files.",
)


def run(console: Console, options: argparse.Namespace) -> int:
    """Measure, report and return the exit code.

    Raises:
        MeasurementError: A handler failed.
    """
    situations = [
        Situation(name, files, delay)
        for files in FILES
        for delay in DELAYS_MS
        for name in CONTENDERS
    ]
    with tempfile.TemporaryDirectory() as scratch, Stub() as stub:
        starts = {
            name: partial(first_call, contender, Path(scratch), stub.endpoint)
            for name, contender in CONTENDERS.items()
        }
        processes = in_turn(console, starts, options.rounds)
        with patch.dict(os.environ, environment(os.environ, stub.endpoint), clear=True):
            handlers = WarmHandlers(stub)
            calls = {situation: partial(handlers.call, situation) for situation in situations}
            called = in_turn(console, calls, options.rounds * CALLS)
    cold = {name: Result.of(samples) for name, samples in processes.items()}
    warm = {situation: WarmResult.of(taken) for situation, taken in called.items()}
    costs = costs_of(warm)
    tables.show_warm(console, warm)
    report.show_processes(console, cold)
    tables.show_costs(console, costs)
    facts = {"rounds": options.rounds, "calls": CALLS, **cost.PRICES}
    return report.finish(
        console,
        options.json,
        judge(warm, cold, costs),
        [*(note.format(**facts) for note in NOTES), f"botocore {botocore.__version__}"],
        {
            "results": {name: asdict(result) for name, result in cold.items()},
            "warm": [{**each._asdict(), **asdict(result)} for each, result in warm.items()],
            "dollars_for_a_million_files": costs,
            "prices": cost.PRICES,
        },
    )


def judged(warm: Mapping[Situation, WarmResult], handler: str, files: int) -> WarmResult:
    """Return what is judged of a handler."""
    return warm[Situation(handler, files, JUDGED_DELAY_MS)]


def costs_of(warm: Mapping[Situation, WarmResult]) -> dict[str, cost.Cost]:
    """Return the dollars for a million files, by price, of each way to run the handlers.

    S3 invokes the conventional one for each file. Ours gets batches from its queue: full ones
    where many files arrive, of one where few do.
    """
    return {
        CONVENTIONAL: cost.cost(judged(warm, CONVENTIONAL, 1), 1, queued=False),
        BATCHES: cost.cost(judged(warm, OURS, 10), 10, queued=True),
        "ours, batches of 1": cost.cost(judged(warm, OURS, 1), 1, queued=True),
    }


def judge(
    warm: Mapping[Situation, WarmResult], cold: Mapping[str, Result], costs: Mapping[str, cost.Cost]
) -> list[Verdict]:
    """Compare the figures with the targets; nothing else keeps a ledger, so that is in none."""
    ours, conventional = cold[OURS], cold[CONVENTIONAL]
    dollars = [cost.processing(costs[way]) for way in (CONVENTIONAL, BATCHES)]
    return [
        at_most("AWS calls for a file", sum(judged(warm, OURS, 1).aws_calls.values()), AWS_CALLS),
        *(
            at_most(
                f"latency of {files} at +{JUDGED_DELAY_MS} ms a call, of conventional",
                judged(warm, OURS, files).median / judged(warm, CONVENTIONAL, files).median,
                limit,
            )
            for files, limit in LATENCY.items()
        ),
        at_most("cold start, of conventional", ours.median / conventional.median, COLD),
        at_most("peak memory, of conventional", ours.peak_mb / conventional.peak_mb, MEMORY),
        at_least("times cheaper than conventional", dollars[0] / dollars[1], CHEAPER),
    ]
