"""The project's handler beside a conventional one: AWS calls, warm latency, cold start, memory."""

import argparse
import io
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from unittest.mock import patch

import botocore
from rich.console import Console

from tests.benchmarks import aws, report
from tests.benchmarks.cold import Context
from tests.benchmarks.measure import (
    ROOT,
    Measurement,
    MeasurementError,
    in_turn,
    peak_mb,
    process,
    seconds,
)
from tests.benchmarks.report import Verdict, at_most

OURS, CONVENTIONAL = "ours", "conventional"
SOURCES = {
    OURS: ROOT / "functions" / "file_processor" / "index.py",
    CONVENTIONAL: Path(__file__).with_name("conventional.py"),
}
EVENTS = ROOT / "tests" / "events"
RECORD = json.loads((EVENTS / "put.json").read_text(encoding="utf-8"))["Records"][0]
MESSAGE = json.loads((EVENTS / "sqs-message.json").read_text(encoding="utf-8"))
# Each record is an event of its own: nothing is a duplicate, in one run or in two.
NUMBERS = itertools.count(time.time_ns())

DELAY_MS = 15
CALLS = 5  # of each handler and situation in a round
AWS_CALLS = 2
# By files per event. For one file, ours makes half of the calls, and verifies and signs besides.
LATENCY = {1: 0.51, 10: 0.21}
COLD, MEMORY = 1.0, 1.05
NOTES = (
    "Ours (functions/file_processor) reads each file, verifies it and keeps a signed receipt. "
    "Conventional (conventional.py) only asks for the size.",
    f"AWS answers within the process, without a network, after {DELAY_MS} ms.",
    "{rounds} times {calls} calls in turn, after those that fetch the secret",
    "Cold: a process until its first file is done, {rounds} in turn, where AWS answers at once.",
    f"botocore {botocore.__version__}",
)

Handler = Callable[[Any, Any], dict[str, Any]]


class Situation(NamedTuple):
    """Which handler gets an event of how many files."""

    handler: str
    files: int


class WarmCall(NamedTuple):
    """What one call took, and the operations that it called."""

    milliseconds: float
    operations: tuple[str, ...]


def called(
    situation: Situation, handlers: Mapping[str, Handler], operations: list[str]
) -> WarmCall:
    """Call a handler once, while AWS notes the operations."""
    event, log = event_for(situation), io.StringIO()
    operations.clear()
    with redirect_stdout(log):
        started = time.perf_counter()
        result = handlers[situation.handler](event, Context())
        took = time.perf_counter() - started
    if result.get("batchItemFailures"):
        raise MeasurementError(f"a file was not processed:\n{log.getvalue()}")
    return WarmCall(took * 1000, tuple(sorted(operations)))


def run(console: Console, options: argparse.Namespace) -> int:
    """Measure, report and return the exit code."""
    with (
        aws.answering(DELAY_MS) as operations,
        patch.dict(os.environ, environment(os.environ), clear=True),
    ):
        handlers = {name: load(source) for name, source in SOURCES.items()}
        situations = [Situation(name, files) for files in LATENCY for name in SOURCES]
        actions = {each: partial(called, each, handlers, operations) for each in situations}
        taken = in_turn(console, actions, options.rounds * CALLS)
        cold = started(console, options.rounds)
    table = report.table(console, "warm calls", "handler", "files", "median ms", "AWS calls")
    for each, warm in taken.items():
        made = ", ".join(f"{number} {name}" for name, number in Counter(usual(warm)).items())
        table.add_row(each.handler, str(each.files), f"{median(warm):.1f}", made)
    console.print(table)
    table = report.table(console, "cold processes", "handler", "median s", "peak MB")
    for name, processes in cold.items():
        table.add_row(name, f"{seconds(processes):.3f}", f"{peak_mb(processes):.1f}")
    console.print(table)
    facts = {"rounds": options.rounds, "calls": CALLS}
    return report.finish(
        console,
        options.json,
        judge(taken, cold),
        [note.format(**facts) for note in NOTES],
        {
            "warm": [{**each._asdict(), "calls": warm} for each, warm in taken.items()],
            "cold": {name: [*map(asdict, processes)] for name, processes in cold.items()},
        },
    )


def started(console: Console, rounds: int) -> dict[str, list[Measurement]]:
    """Return what a process takes that imports a handler and gives it one file."""
    with tempfile.TemporaryDirectory() as folder:
        actions = {}
        for name, source in SOURCES.items():
            event = Path(folder, f"{name}.json")
            event.write_text(json.dumps(event_for(Situation(name, 1))), encoding="utf-8")
            command = [sys.executable, "-m", "tests.benchmarks.cold", source, event]
            actions[name] = partial(process, command, {**os.environ, "PYTHONPATH": str(ROOT)})
        return in_turn(console, actions, rounds)


def median(calls: list[WarmCall]) -> float:
    """Return the usual milliseconds."""
    return statistics.median(call.milliseconds for call in calls)


def usual(calls: list[WarmCall]) -> tuple[str, ...]:
    """Return what most calls ask AWS for: now and then, ours fetches the secret anew."""
    return statistics.mode(call.operations for call in calls)


def judge(
    taken: Mapping[Situation, list[WarmCall]], cold: Mapping[str, list[Measurement]]
) -> list[Verdict]:
    return [
        at_most("AWS calls for a file", len(usual(taken[Situation(OURS, 1)])), AWS_CALLS),
        *(
            at_most(
                f"latency of {files} at +{DELAY_MS} ms a call, of conventional",
                median(taken[Situation(OURS, files)])
                / median(taken[Situation(CONVENTIONAL, files)]),
                limit,
            )
            for files, limit in LATENCY.items()
        ),
        at_most(
            "cold start, of conventional", seconds(cold[OURS]) / seconds(cold[CONVENTIONAL]), COLD
        ),
        at_most(
            "memory, of conventional", peak_mb(cold[OURS]) / peak_mb(cold[CONVENTIONAL]), MEMORY
        ),
    ]


def load(source: Path) -> Handler:
    """Return the function ``handler`` of a file, imported as a top-level module of its name."""
    module = sys.modules[source.stem] = ModuleType(source.stem)
    exec(compile(source.read_bytes(), source, "exec"), module.__dict__)  # noqa: S102
    handler: Handler = module.__dict__["handler"]
    return handler


def event_for(situation: Situation) -> dict[str, Any]:
    """Return what S3 invokes a function with; ours gets each record in a message of a queue."""
    records = [record(next(NUMBERS)) for _ in range(situation.files)]
    if situation.handler == CONVENTIONAL:
        return {"Records": records}
    bodies = [json.dumps({"Records": [each]}) for each in records]
    return {"Records": [{**MESSAGE, "messageId": str(next(NUMBERS)), "body": b} for b in bodies]}


def record(number: int) -> dict[str, Any]:
    """Return S3's record about one upload."""
    item = RECORD["s3"]["object"] | {
        "key": f"uploads/readings-{number}.txt",
        "sequencer": f"{number:018X}",
    }
    return {**RECORD, "s3": {**RECORD["s3"], "object": item}}


def environment(current: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables of a handler, free of whatever AWS set-up is around."""
    kept = {name: value for name, value in current.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
        "STACK_NAME": "files",
        "PROCESSOR_NAME": "receipts",
        "PROCESSOR": "index:sign_receipt",
        "BUCKET_NAME": RECORD["s3"]["bucket"]["name"],
        "SECRET_ARN": aws.SECRET_ARN,
        "LEDGER_TABLE": "serverlessapp-dev-ledger",
        "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
    }
