"""What files cost, as a sum of terms: a number of dollars times some inputs, divided by others.

The calculator of the documentation has the same terms as JSON, for a browser to add up.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serverlessapp.capacity.workload import Workload

PRICES = Path(__file__).with_name("prices.json")  # all that the project knows, dated
LOG_BYTES = 1000  # that a file writes, its metrics included
ITEM_BYTES = 600  # of a ledger entry, with DynamoDB's overhead
LEDGER_MONTHS = 12
GB = 1_000_000_000
HOURS = 730  # of a month


@dataclass(frozen=True)
class Term:
    """Dollars for one thing."""

    service: str
    label: str
    dollars: float
    times: tuple[str, ...] = ()  # inputs that the dollars are multiplied by
    divided: tuple[str, ...] = ()  # inputs that they are divided by


def prices() -> Any:
    """Return the content of ``prices.json``."""
    return json.loads(PRICES.read_text(encoding="utf-8"))


def by_unit() -> dict[str, float]:
    """Return dollars for one of each unit that an application's stack uses."""
    content = prices()
    dated = {**content["processing"]["prices"], **content["standing"]["prices"]}
    return {name: entry["dollars"] / entry["per"] for name, entry in dated.items()}


def dollars(terms: Sequence[Term], inputs: Mapping[str, float]) -> dict[str, float]:
    """Return the dollars by service."""
    total: dict[str, float] = {}
    for term in terms:
        times = math.prod(inputs[name] for name in term.times)
        divided = math.prod(inputs[name] for name in term.divided)
        total[term.service] = total.get(term.service, 0) + term.dollars * times / divided
    return total


def processing(price: Mapping[str, float]) -> Iterator[Term]:
    """Yield what each file costs once."""
    files, batch, by_memory = ("files",), ("batch",), ("files", "milliseconds", "memory")
    yield Term("Lambda", "requests", price["lambda_request"], files, batch)
    yield Term("Lambda", "duration", price["lambda_duration"] / 1000 / 1024, by_memory)
    yield Term("S3", "upload and read", price["s3_put"] + price["s3_get"], files)
    yield Term("SQS", "message sent", price["sqs"], files)
    yield Term("SQS", "batch received and deleted", 2 * price["sqs"], files, batch)
    yield Term("DynamoDB", "receipts", price["dynamodb_write"], files)
    yield Term("CloudWatch", "log", price["log_ingestion"] * LOG_BYTES / GB, files)


def keeping(price: Mapping[str, float]) -> Iterator[Term]:
    """Yield what a month's files cost to keep: a month of themselves, a year of their receipts."""
    gigabytes = ("files", "megabytes")
    yield Term("S3", "storage of files for a month", price["s3_storage"] / 1000, gigabytes)
    year = LEDGER_MONTHS * (price["dynamodb_storage"] + price["dynamodb_backup"])
    yield Term(
        "DynamoDB", "storage of ledger entries for a year", year * ITEM_BYTES / GB, ("files",)
    )


def of_files(files: float, workload: Workload, *, batch: float) -> dict[str, float]:
    """Return what files cost: to process them, and to keep them a month and their entries a year.

    The fewer files a ``batch`` has, the fewer share a second.
    """
    price = by_unit()
    terms = [*processing(price), *keeping(price)]
    if workload.kms:
        terms.append(Term("KMS", "decryption", price["kms"], ("files",)))
    shared = min(batch, workload.side_by_side)
    inputs = {
        "files": files,
        "megabytes": workload.size,
        "milliseconds": 1000 * workload.seconds / shared,
        "memory": workload.memory,
        "batch": batch,
    }
    return dollars(terms, inputs)


def of_pollers(workload: Workload) -> float:
    """Return what the fewest event pollers cost a month, which are there without any file."""
    few = workload.pollers.few if workload.pollers else 0
    return by_unit()["poller"] * HOURS * few * workload.lanes
