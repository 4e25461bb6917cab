"""Both handlers, and the environment they run in."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators import inline
from tests.benchmarks.handler import answers, events

CONVENTIONAL = Path(__file__).resolve().parent / "conventional.py"


@dataclass(frozen=True)
class Contender:
    """A handler: its source, and its event about a number of files."""

    source: Path
    event: Callable[[int], dict[str, Any]]


def contenders(scratch: Path) -> dict[str, Contender]:
    """Return both; the project's as the template carries it, written into an empty folder."""
    source = scratch / "index.py"
    source.write_text(inline.source("file_processor"), encoding="utf-8")
    return {
        "ours": Contender(source, events.sqs_event),
        "conventional": Contender(CONVENTIONAL, events.s3_event),
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
        "ENVIRONMENT": "dev",
        "PROCESSOR": "index:sign_receipt",
        "BUCKET_NAME": events.BUCKET,
        "SECRET_ARN": answers.SECRET_ARN,
        "LEDGER_TABLE": "serverlessapp-dev-ledger",
        "DEAD_LETTER_QUEUE_URL": f"{endpoint}/123456789012/dead",
    }


@contextmanager
def applied(variables: Mapping[str, str]) -> Iterator[None]:
    """Have these environment variables, and no others, while the context lasts."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
