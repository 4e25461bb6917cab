"""What has to be known to understand the figures."""

import os
import platform

import botocore

from tests.benchmarks.handler import cost, warm

MEASURED = (
    "Ours: the code the template carries; it reads each file, verifies it and keeps a signed "
    "receipt. Conventional: tests/benchmarks/handler/conventional.py; it only asks for the size.",
    "AWS is a local server in another process, which adds the time to each call. No TLS: a "
    "real connection costs more, but the same for each call of both.",
    "Warm: {calls} calls of each handler in turn in each of {rounds} rounds, after one that does "
    "not count. The secret is cached by ours for 300 s; such a call is in the times.",
    "Cold: import and first call, secret included, nothing added to AWS calls, {rounds} processes "
    "in turn. The handler is compiled each time, as in Lambda; libraries have byte code. Peak "
    "memory is the worst round's.",
    "Cost: prices of {recorded} in {region} ({terms}); 256 MB on arm64; calls, time at +15 ms, "
    "write units and log bytes as measured here, on this processor.",
    "Conventional: S3 invokes it once per file. Ours: S3 sends a message per file (1 SQS "
    "request); Lambda receives and deletes a batch with 1 request each.",
    "Ledger: its entries stay for a year, with point-in-time recovery. The conventional handler "
    "keeps nothing to compare that with.",
    "In no cost: what both have (upload, the file's storage, metrics by the month), log storage, "
    "the lines Lambda itself logs per invocation, ours' secret calls (1 per environment and 300 s) "
    "and its empty receives (while there are no files).",
)


def notes_on(rounds: int) -> list[str]:
    """Return the notes on a run."""
    prices = cost.price_list()
    return [
        *(line.format(rounds=rounds, calls=warm.CALLS, **prices) for line in MEASURED),
        f"Python {platform.python_version()}, botocore {botocore.__version__}; "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors.",
    ]
