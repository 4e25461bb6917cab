"""Both handlers, and their first call in a cold process."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.handler import answers, bootstrap, events
from tests.benchmarks.measure import ROOT, Measurement, process


@dataclass(frozen=True)
class Contender:
    """A handler: its source, and what makes an event about a number of files."""

    source: Path
    event: Callable[[int], dict[str, Any]]


OURS, CONVENTIONAL = "ours", "conventional"
CONTENDERS = {
    OURS: Contender(ROOT / "functions" / "file_processor" / "index.py", events.sqs_event),
    CONVENTIONAL: Contender(Path(__file__).with_name("conventional.py"), events.s3_event),
}


def environment(current: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """Return the environment variables of a handler, free of whatever AWS set-up is around."""
    kept = {name: value for name, value in current.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
        "NO_PROXY": "127.0.0.1",
        "STACK_NAME": "files",
        "PROCESSOR_NAME": "receipts",
        "PROCESSOR": "index:sign_receipt",
        "BUCKET_NAME": events.RECORD["s3"]["bucket"]["name"],
        "SECRET_ARN": answers.SECRET_ARN,
        "LEDGER_TABLE": "serverlessapp-dev-ledger",
        "DEAD_LETTER_QUEUE_URL": f"{endpoint}/123456789012/dead",
    }


def first_call(contender: Contender, scratch: Path, endpoint: str, files: int = 1) -> Measurement:
    """Start a process, let it import the handler and process an event.

    Raises:
        MeasurementError: It failed.
    """
    event, seconds = scratch / "event.json", scratch / "seconds"
    event.write_text(json.dumps(contender.event(files)), encoding="utf-8")
    # -P: the bootstrap's folder is none to import from.
    command = [sys.executable, "-P", bootstrap.__file__, contender.source, event, seconds]
    sample = process(command, environment(os.environ, endpoint))
    return Measurement(float(seconds.read_text(encoding="utf-8")), sample.peak_mb)
