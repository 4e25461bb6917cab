"""What a million files cost, from what was measured."""

import json
import math
from typing import Any

from tests.benchmarks.handler.warm import WarmResult
from tests.benchmarks.measure import ROOT

PRICES: dict[str, Any] = json.loads((ROOT / "docs" / "prices.json").read_text(encoding="utf-8"))[
    "processing"
]
FILES = 1_000_000
MEMORY_GB = 256 / 1024
GB = 1_000_000_000  # bytes
KEPT_MONTHS = 12  # a ledger entry, see LEDGER_DAYS in the handler
ITEM_OVERHEAD = 100  # bytes that DynamoDB charges with each item it stores
KEEPING = ("dynamodb_storage", "dynamodb_backup")  # what is paid after processing
CHARGED = {  # which price an AWS call has; that of a write depends on the item instead
    "GetObject": "s3_get",
    "HeadObject": "s3_get",
    "GetSecretValue": "secrets_manager",
    "PutMetricData": "put_metric_data",
}

Cost = dict[str, float]  # dollars by price


def cost(call: WarmResult, files: int, *, queued: bool) -> Cost:
    """Return what a million files cost.

    Args:
        call: What a call with an event takes.
        files: Files per event.
        queued: Whether a queue is in front: S3 sends a message for each file, Lambda receives
            the messages of a batch with one request and deletes them with another.
    """
    written = call.aws_calls.get("PutItem", 0)
    kept = (call.item_bytes + written * ITEM_OVERHEAD) / GB * KEPT_MONTHS
    used: Cost = {
        "lambda_request": 1,
        "lambda_duration": math.ceil(call.median) / 1000 * MEMORY_GB,  # billed by begun ms
        "sqs": files + 2 if queued else 0,
        "dynamodb_write": call.write_units,
        "log_ingestion": call.log_bytes / GB,
        **dict.fromkeys(KEEPING, kept),
    }
    for operation, number in call.aws_calls.items():
        if operation != "PutItem":
            used[CHARGED[operation]] = used.get(CHARGED[operation], 0) + number
    return {
        name: used.get(name, 0) / files * FILES * price["dollars"] / price["per"]
        for name, price in PRICES["prices"].items()
    }


def processing(dollars: Cost) -> float:
    """Return the dollars until the files are processed."""
    return sum(value for price, value in dollars.items() if price not in KEEPING)
