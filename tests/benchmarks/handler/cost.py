"""What a million files cost, from what was measured."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.handler.calls import Calls

PRICES = Path(__file__).resolve().parents[3] / "docs" / "prices.json"
FILES = 1_000_000
MEMORY_GB = 256 / 1024
GB = 1_000_000_000  # bytes
KEPT_MONTHS = 12  # a ledger entry, see LEDGER_DAYS in the handler
ITEM_OVERHEAD = 100  # bytes that DynamoDB charges with each item it stores
KEEPING = ("dynamodb_storage", "dynamodb_backup")  # what is paid after processing
CHARGED = {  # which price an AWS call has; DynamoDB's depends on the item instead
    "GetObject": "s3_get",
    "HeadObject": "s3_get",
    "GetSecretValue": "secrets_manager",
    "PutMetricData": "put_metric_data",
}

Cost = dict[str, float]  # dollars by price


def price_list() -> dict[str, Any]:
    """Return the price list."""
    prices: dict[str, Any] = json.loads(PRICES.read_text(encoding="utf-8"))["processing"]
    return prices


def quantities(calls: Calls, files: int, *, queued: bool) -> Cost:
    """Return what one file uses, in units of each price.

    Args:
        calls: Measured calls of events with that many files.
        files: Files per event.
        queued: Whether a queue is in front: S3 sends a message for each file, Lambda receives
            the messages of a batch with one request and deletes them with another.
    """
    per_event: Cost = {
        "lambda_request": 1,
        "lambda_duration": math.ceil(calls.median) / 1000 * MEMORY_GB,  # billed by begun ms
        "sqs": files + 2 if queued else 0,
        "dynamodb_write": calls.write_units,
        "log_ingestion": calls.bytes_logged / GB,
    }
    if written := calls.aws_calls["PutItem"]:
        kept = (calls.item_bytes + written * ITEM_OVERHEAD) / GB * KEPT_MONTHS
        per_event |= dict.fromkeys(KEEPING, kept)
    for operation, number in calls.aws_calls.items():
        if operation != "PutItem":
            price = CHARGED[operation]
            per_event[price] = per_event.get(price, 0) + number
    return {price: quantity / files for price, quantity in per_event.items()}


def dollars(used: Mapping[str, float], prices: Mapping[str, Mapping[str, Any]]) -> Cost:
    """Return what a million files cost, by price, in the order of the price list."""
    return {
        name: used.get(name, 0) * FILES * price["dollars"] / price["per"]
        for name, price in prices.items()
    }


def processing(cost: Cost) -> float:
    """Return the dollars until the files are processed."""
    return sum(value for price, value in cost.items() if price not in KEEPING)
