"""What a month costs, as a sum of terms that a browser adds up in the same way.

Each term is a number of dollars times some inputs, divided by others. The page carries the terms as
JSON; ``assets/calculator.js`` has the same four lines as ``dollars``.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generators.monitoring import NAMESPACE
from pictures import dashboard
from serverlessapp.template.parameters import Json

LOG_BYTES = 1000  # that a file writes, its metrics included
ITEM_BYTES = 600  # of a ledger entry, with DynamoDB's overhead
LEDGER_MONTHS = 12
GB = 1_000_000_000
# Calls for the secret: each processor's function keeps it for five minutes.
SECRET_CALLS = 30 * 24 * 12


@dataclass(frozen=True, kw_only=True)
class Input:
    """A field of the form: its name, label, unit, limits and default."""

    name: str
    label: str
    minimum: float
    maximum: float
    default: float


@dataclass(frozen=True)
class Term:
    """Dollars a month for one thing.

    Attributes:
        times: Inputs that the dollars are multiplied by.
        divided: Inputs that they are divided by.
    """

    service: str
    label: str
    dollars: float
    times: tuple[str, ...] = ()
    divided: tuple[str, ...] = ()


INPUTS = (
    Input(name="files", label="Files a month", minimum=0, maximum=1e10, default=100_000),
    Input(name="megabytes", label="Mean size (MB)", minimum=0, maximum=5e6, default=1),
    Input(name="milliseconds", label="Time per file (ms)", minimum=1, maximum=9e5, default=100),
    Input(name="memory", label="Memory (MB)", minimum=128, maximum=10_240, default=256),
    Input(name="batch", label="Files per batch", minimum=1, maximum=10, default=1),
)


def dollars(terms: Sequence[Term], inputs: Mapping[str, float]) -> dict[str, float]:
    """Return the dollars a month by service."""
    total: dict[str, float] = {}
    for term in terms:
        times = math.prod(inputs[name] for name in term.times)
        divided = math.prod(inputs[name] for name in term.divided)
        total[term.service] = total.get(term.service, 0) + term.dollars * times / divided
    return total


def terms(template: Json, prices: Mapping[str, Any]) -> list[Term]:
    """Return the terms of the application's stack.

    Args:
        template: Counts what is paid by the month.
        prices: Content of ``docs/prices.json``.
    """
    dated = {**prices["processing"]["prices"], **prices["standing"]["prices"]}
    price = {name: entry["dollars"] / entry["per"] for name, entry in dated.items()}
    return [*processing(price), *keeping(price), *standing(template, price)]


def processing(price: Mapping[str, float]) -> Iterator[Term]:
    """Yield what each file costs once."""
    files, batch, by_memory = ("files",), ("batch",), ("files", "milliseconds", "memory")
    yield Term("Lambda", "requests", price["lambda_request"], files, batch)
    yield Term("Lambda", "duration", price["lambda_duration"] / 1000 / 1024, by_memory)
    yield Term("S3", "upload and read", price["s3_put"] + price["s3_get"], files)
    yield Term("SQS", "a message sent", price["sqs"], files)
    yield Term("SQS", "a batch received and deleted", 2 * price["sqs"], files, batch)
    yield Term("DynamoDB", "receipts", price["dynamodb_write"], files)
    yield Term("CloudWatch", "log", price["log_ingestion"] * LOG_BYTES / GB, files)


def keeping(price: Mapping[str, float]) -> Iterator[Term]:
    """Yield what a month's files cost to keep: a month of themselves, a year of their receipts."""
    gigabytes = ("files", "megabytes")
    yield Term("S3", "files for a month", price["s3_storage"] / 1000, gigabytes)
    year = LEDGER_MONTHS * (price["dynamodb_storage"] + price["dynamodb_backup"])
    yield Term("DynamoDB", "receipts for a year", year * ITEM_BYTES / GB, ("files",))


def standing(template: Json, price: Mapping[str, float]) -> Iterator[Term]:
    """Yield what is paid when there is no file at all."""
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    # What CloudWatch tells apart: by name and dimensions, so those of each processor.
    custom_metrics = {
        tuple(part for part in metric if isinstance(part, str))
        for widget in dashboard.body(template)
        for metric in widget["properties"]["metrics"]
        if metric[0] == NAMESPACE
    }
    for label, name, count in (
        ("alarms", "alarm", kinds.count("AWS::CloudWatch::Alarm")),
        ("metrics of its own", "metric", len(custom_metrics)),
        ("the dashboard", "dashboard", kinds.count("AWS::CloudWatch::Dashboard")),
    ):
        yield Term("CloudWatch", label, price[name] * count)
    secrets = price["secret"] * kinds.count("AWS::SecretsManager::Secret")
    yield Term("Secrets Manager", "the secret", secrets)
    calls = SECRET_CALLS * kinds.count("AWS::Lambda::EventSourceMapping")
    yield Term("Secrets Manager", "its reading", price["secrets_manager"] * calls)
