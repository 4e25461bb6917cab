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
from serverlessapp.template.values import Json

LOG_BYTES = 1000  # that a file writes, its metrics included
ITEM_BYTES = 600  # of a ledger entry, with DynamoDB's overhead
LEDGER_MONTHS = 12
GB = 1_000_000_000
# Calls for the secret: the function keeps it for five minutes.
SECRET_CALLS = 30 * 24 * 12


@dataclass(frozen=True, kw_only=True)
class Input:
    """A field of the form: its name, label, unit, limits and default."""

    name: str
    label: str
    minimum: float
    maximum: float
    default: float


@dataclass(frozen=True, kw_only=True)
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
    unit_prices = {name: price["dollars"] / price["per"] for name, price in dated.items()}
    return [*processing(unit_prices), *keeping(unit_prices), *standing(template, unit_prices)]


def processing(unit_prices: Mapping[str, float]) -> Iterator[Term]:
    """Yield what each file costs once."""
    files = ("files",)
    yield Term(
        service="Lambda",
        label="requests",
        dollars=unit_prices["lambda_request"],
        times=files,
        divided=("batch",),
    )
    yield Term(
        service="Lambda",
        label="duration",
        dollars=unit_prices["lambda_duration"] / 1000 / 1024,  # by GB-second
        times=("files", "milliseconds", "memory"),
    )
    yield Term(
        service="S3",
        label="upload and read",
        dollars=unit_prices["s3_put"] + unit_prices["s3_get"],
        times=files,
    )
    yield Term(service="SQS", label="a message sent", dollars=unit_prices["sqs"], times=files)
    yield Term(
        service="SQS",
        label="a batch received and deleted",
        dollars=2 * unit_prices["sqs"],
        times=files,
        divided=("batch",),
    )
    yield Term(
        service="DynamoDB", label="receipts", dollars=unit_prices["dynamodb_write"], times=files
    )
    yield Term(
        service="CloudWatch",
        label="log",
        dollars=unit_prices["log_ingestion"] * LOG_BYTES / GB,
        times=files,
    )


def keeping(unit_prices: Mapping[str, float]) -> Iterator[Term]:
    """Yield what a month's files cost to keep: a month of themselves, a year of their receipts."""
    yield Term(
        service="S3",
        label="a month's files for a month",
        dollars=unit_prices["s3_storage"] / 1000,  # by GB
        times=("files", "megabytes"),
    )
    yield Term(
        service="DynamoDB",
        label="receipts for a year",
        dollars=(unit_prices["dynamodb_storage"] + unit_prices["dynamodb_backup"])
        * ITEM_BYTES
        / GB
        * LEDGER_MONTHS,
        times=("files",),
    )


def standing(template: Json, unit_prices: Mapping[str, float]) -> Iterator[Term]:
    """Yield what is paid when there is no file at all."""
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    custom_metrics = {
        name
        for widget in dashboard.body(template)
        for namespace, name, *_ in widget["properties"]["metrics"]
        if namespace == NAMESPACE
    }
    for label, price, count in (
        ("alarms", "alarm", kinds.count("AWS::CloudWatch::Alarm")),
        ("metrics of its own", "metric", len(custom_metrics)),
        ("the dashboard", "dashboard", kinds.count("AWS::CloudWatch::Dashboard")),
    ):
        yield Term(service="CloudWatch", label=label, dollars=unit_prices[price] * count)
    secrets = unit_prices["secret"] * kinds.count("AWS::SecretsManager::Secret")
    yield Term(service="Secrets Manager", label="the secret", dollars=secrets)
    calls = unit_prices["secrets_manager"] * SECRET_CALLS
    yield Term(service="Secrets Manager", label="read every five minutes", dollars=calls)
