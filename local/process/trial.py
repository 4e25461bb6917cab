"""One file through the runtime, as if its event had arrived from the queue."""

import io
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock
from urllib.parse import quote_plus

from local.process.memory import peak
from local.process.services import BUCKET, VERSION, Services
from serverlessapp.processors.definition import Processor

RUNTIME = Path(__file__).resolve().parents[2] / "functions/file_processor"
REGION = "us-west-2"
# Accounts and addresses are made up, and nothing reaches them.
QUEUE = f"https://sqs.{REGION}.amazonaws.com/123456789012/parked"
SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:local"


@dataclass(kw_only=True)
class Trial:
    """What became of a file."""

    outcome: str  # ``processed``, ``parked``, ``tried again``, ``skipped``
    result: Any = None  # what the processor returned, as the ledger has it
    error: str | None = None  # why it was parked or is tried again
    # The lines that were logged, with ``level``, ``message`` and fields.
    log: list[dict[str, Any]] = field(default_factory=list)
    # All that were recorded, each with its values.
    metrics: dict[str, list[float]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    # The whole ledger entry, as DynamoDB's attributes.
    entry: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0  # how long it took, without the start of the function
    memory: float = 0.0  # the most that the process took, in MB
    idle: float = 0.0  # the most that it took before the file, in MB


@contextmanager
def importable(processor: Processor) -> Iterator[None]:
    """Let the processor's modules be imported, and ``index``, as in its zip."""
    paths = [str(processor.folder.resolve()), str(RUNTIME)]
    with mock.patch.object(sys, "path", [*paths, *sys.path]):
        yield


def environment(processor: Processor, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the function has in a stack."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(processor.function.memory),
        "BUCKET_NAME": BUCKET,
        "DEAD_LETTER_QUEUE_URL": QUEUE,
        "FUNCTION_TIMEOUT": str(processor.function.timeout),
        "LEDGER_TABLE": "ledger",
        "PROCESSOR": processor.handler,
        "PROCESSOR_NAME": processor.name,
        "SECRET_ARN": SECRET,
        "STACK_NAME": "local",
        **processor.settings,
        **settings,
    }


def run(processor: Processor, services: Services, settings: Mapping[str, str]) -> Trial:
    """Let the runtime process the file that ``services`` have; see ``importable``.

    Raises:
        ConfigurationError: The runtime's; the processor cannot be loaded.
    """
    variables = environment(processor, settings)
    output = io.StringIO()
    with mock.patch.dict(os.environ, variables), redirect_stdout(output):
        import index

        index.runtime.cache_clear()
        runtime = index.runtime()
        idle, started = peak(), time.monotonic()
        end = started + processor.function.timeout
        context = SimpleNamespace(
            get_remaining_time_in_millis=lambda: int(1000 * (end - time.monotonic()))
        )
        answer = index.handler({"Records": [message(services)]}, context)
        seconds = time.monotonic() - started
        runtime.pool.shutdown(wait=False)
    trial = settled(services, output.getvalue(), bool(answer["batchItemFailures"]))
    trial.seconds, trial.memory, trial.idle = seconds, peak(), idle
    return trial


def message(services: Services) -> dict[str, str]:
    """Return a queue's message with S3's event about the file."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "s3": {
            "bucket": {"name": BUCKET},
            "object": {
                "key": quote_plus(services.key),
                "size": services.path.stat().st_size,
                "eTag": "0" * 32,
                "versionId": VERSION,
                "sequencer": "0055AED6DCD90281E5",
            },
        },
    }
    return {"messageId": "1", "body": json.dumps({"Records": [record]})}


def settled(services: Services, output: str, again: bool) -> Trial:
    """Return what the runtime made of the file, from its calls and its log."""
    trial = Trial(outcome="skipped", entry=services.entry)
    for line in map(parsed, output.splitlines()):
        if "_aws" in line:
            for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                trial.metrics.setdefault(metric["Name"], []).extend(line[metric["Name"]])
                trial.units[metric["Name"]] = metric["Unit"]
        else:
            trial.log.append(line)
    errors = [str(line["error"] or line["message"]) for line in trial.log if "error" in line]
    if again:
        trial.outcome, trial.error = "tried again", errors[-1]
    elif services.reason is not None:
        trial.outcome, trial.error = "parked", services.reason
    elif services.entry:
        trial.outcome, trial.result = "processed", plain(services.entry["receipt"])
    return trial


def parsed(line: str) -> dict[str, Any]:
    """Return a log line; what a processor prints is one, too."""
    try:
        content = json.loads(line)
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {"level": "INFO", "message": line}


def plain(attribute: Mapping[str, Any]) -> Any:
    """Return a DynamoDB attribute as Python's value; numbers become int or float."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            number = float(value)
            return int(value) if value.lstrip("-").isdigit() else number
        case "NULL":
            return None
        case "L":
            return [plain(item) for item in value]
        case "M":
            return {name: plain(item) for name, item in value.items()}
    return value
