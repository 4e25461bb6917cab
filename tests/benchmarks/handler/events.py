"""The events of both handlers: the same S3 records, once bare and once in queue messages."""

import itertools
import json
import time
from typing import Any

from tests.benchmarks.measure import ROOT

EVENTS = ROOT / "tests" / "events"
RECORD = json.loads((EVENTS / "put.json").read_text(encoding="utf-8"))["Records"][0]
MESSAGE = json.loads((EVENTS / "sqs-message.json").read_text(encoding="utf-8"))
# Each record is an event of its own: nothing is a duplicate, in one run or in two.
NUMBERS = itertools.count(time.time_ns())


def s3_event(files: int) -> dict[str, Any]:
    """Return what S3 invokes a function with."""
    return {"Records": [record(next(NUMBERS)) for _ in range(files)]}


def sqs_event(files: int) -> dict[str, Any]:
    """Return what Lambda invokes a function with that reads a queue: a message for each file."""
    return {
        "Records": [
            {**MESSAGE, "messageId": str(next(NUMBERS)), "body": json.dumps(s3_event(1))}
            for _ in range(files)
        ]
    }


def record(number: int) -> dict[str, Any]:
    """Return S3's record about one upload."""
    item = RECORD["s3"]["object"] | {
        "key": f"uploads/readings-{number}.txt",
        "sequencer": f"{number:018X}",
    }
    return {**RECORD, "s3": {**RECORD["s3"], "object": item}}
