"""Many files through a stack whose AWS calls keep failing: none may be lost."""

import argparse
import random
import statistics
import threading
import time
from collections.abc import Iterator

from rich.console import Console

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator
from local.faults import actions
from local.faults.exchange import Action, Exchange
from local.faults.proxy import FaultProxy
from serverlessapp.operations.events import uploads_in
from tests.benchmarks import report
from tests.benchmarks.load import files
from tests.benchmarks.load.memory import MemoryWatch
from tests.benchmarks.report import Verdict, at_most
from tests.fixture_lanes import lane
from tests.integration.faults.stack import Stack

TIMEOUT_SECONDS = 120
# The visibility that goes with that time-out, 720 s, would only make everybody wait.
VISIBILITY_SECONDS = 30
SETTLE_SECONDS = 900
POLL_SECONDS = 1
GROWTH_MB = 128  # what processing may take above an idle process
PERCENTILES = (50, 95, 99)
# Some that the SDK's own retries bridge, some that only another delivery does.
FAULTS: tuple[Action, ...] = (
    actions.error(503, "SlowDown"),
    actions.error(500, "InternalError"),
    actions.error(400, "ThrottlingException"),
    actions.error(403, "AccessDenied"),
    actions.reset,
    actions.reset_afterwards,
)
SEED = 2026


def run(console: Console, options: argparse.Namespace) -> int:
    """Load the stack, report, and return the exit code."""
    sizes = files.plan(options.files, options.large, options.large_mb * 1_000_000)
    with Emulator() as emulator, FaultProxy(emulator.endpoint) as proxy:
        stack = deploy(emulator, proxy)
        with MemoryWatch(f"AWS_ENDPOINT_URL={proxy.endpoint}") as memory:
            stack.upload("warm-up", b"x")
            stack.wait_for_receipt("warm-up")
            memory.mark_idle()
            proxy.add("*", sometimes(options.faults))
            started = time.monotonic()
            files.upload(console, stack, sizes)
            settle(console, stack)
            seconds = time.monotonic() - started
        receipts, parked = stack.receipts().keys() & sizes.keys(), set(parked_in(stack))
        took = [line["milliseconds"] for line in stack.log() if line.get("message") == "processed"]
        calls = proxy.made()
    missing = sorted(sizes.keys() - receipts - parked)
    megabytes, percentiles = sum(sizes.values()) / 1_000_000, statistics.quantiles(took, n=100)
    figures = {
        "files": len(sizes),
        "megabytes": round(megabytes, 1),
        "seconds, uploading included": round(seconds, 1),
        "files a second": round(len(sizes) / seconds, 1),
        "megabytes a second": round(megabytes / seconds, 1),
        "AWS calls of the function": len(calls),
        "of which failed": sum(not 200 <= call.status < 300 for call in calls),
        **{f"p{p} in the handler, ms": round(percentiles[p - 1], 1) for p in PERCENTILES},
        "maximum in the handler, ms": max(took),
        "receipts": len(receipts),
        "parked": len(parked),
        "missing": missing,
        "MB above an idle process": round(memory.growth_mb, 1),
    }
    table = report.table(console, "load on the emulator", "", "figure")
    for name, value in figures.items():
        table.add_row(name, f"{value:,}" if isinstance(value, int | float) else str(value[:5]))
    console.print(table)
    notes = [f"{options.faults:.0%} of the AWS calls of the function fail"]
    return report.finish(console, options.json, judge(missing, memory.growth_mb), notes, figures)


def deploy(emulator: Emulator, proxy: FaultProxy) -> Stack:
    """Deploy the ephemeral stack, its function calling AWS through the proxy."""
    stack = Stack(emulator.session(), "serverlessapp-load", {}, proxy)
    parameters = {"FunctionTimeout": str(TIMEOUT_SECONDS), "MaximumConcurrency": "4"}
    stack.update(render(build(Retention.EPHEMERAL, [lane()])).decode(), **parameters)
    # S3's test message first: its delivery would end with the environment that is replaced now.
    stack.wait_until_idle()
    stack.configure(timeout=TIMEOUT_SECONDS, AWS_ENDPOINT_URL=proxy.endpoint)
    stack.retry_after(VISIBILITY_SECONDS)
    return stack


def sometimes(share: float) -> Action:
    """Return the action that lets a share of the calls fail and forwards the others."""
    chance, lock = random.Random(SEED), threading.Lock()  # noqa: S311

    def act(exchange: Exchange) -> None:
        with lock:
            fails, fault = chance.random() < share, chance.choice(FAULTS)
        (fault if fails else actions.forward)(exchange)

    return act


def settle(console: Console, stack: Stack) -> None:
    """Wait until the ingest queue is empty, or the time is up."""
    deadline = time.monotonic() + SETTLE_SECONDS
    with console.status("the queue empties ...") as display:
        while (left := stack.waiting()) and time.monotonic() < deadline:
            display.update(f"{left:,} messages are left")
            time.sleep(POLL_SECONDS)


def parked_in(stack: Stack) -> Iterator[str]:
    """Yield the names of the files in the dead-letter queue, and empty it."""
    while bodies := stack.take("DeadLetterQueueUrl"):
        for body in bodies:
            for upload in uploads_in(body):
                yield upload.key.removeprefix(stack.outputs["UploadPrefix"])


def judge(missing: list[str], growth_mb: float) -> list[Verdict]:
    """Return whether no file is lost and memory stayed bounded, and was measured at all."""
    memory = f"MB above an idle process: {growth_mb:.1f} (target: above 0, at most {GROWTH_MB})"
    return [
        at_most("files neither in the ledger nor in the dead-letter queue", len(missing), 0),
        Verdict(memory, 0 < growth_mb <= GROWTH_MB),
    ]
