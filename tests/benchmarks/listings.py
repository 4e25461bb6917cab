"""A bucket of any size and its ledger, made up as they are asked for: nothing is kept in memory.

    python -m tests.benchmarks.listings NUMBER

reconciles a bucket of so many files, of which the ledger has every tenth, as ``serverlessapp``
does, its clients of AWS included, and prints what it sent, the seconds of each part, and the most
memory. Exit code 1: that was more than 150 MB.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3

from serverlessapp.operations import reconcile
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.processors.uploads import Uploads
from serverlessapp.report import Report
from tests.benchmarks.measure import RSS_UNIT

SERVICES = ("cloudformation", "s3", "sqs", "dynamodb")
MOST_MB = 150
PROCESSED = 10  # every so many-th file
UPLOADED = datetime.now(UTC) - timedelta(days=3)
STACK = Stack(
    name="listings",
    bucket="b",
    prefix="uploads/",
    secret="s",
    lanes=(
        StackLane(
            processor="csv",
            uploads=Uploads(),
            ingest_queue="ingest",
            dead_letter_queue="dead",
            ledger="ledger",
            function="f",
            log_group="g",
        ),
    ),
)


class Listings:
    """S3, DynamoDB and SQS of a stack with so many files; they answer at once."""

    meta = SimpleNamespace(region_name="us-west-2", partition="aws")

    def __init__(self, number: int) -> None:
        self.number = number
        self.sent = 0
        self.first_sent = 0.0

    def get_paginator(self, _: str) -> "Listings":
        return self

    def paginate(self, *, KeyMarker: str = "uploads/", **_: str) -> Iterator[Any]:  # noqa: N803
        first = int(KeyMarker.removeprefix("uploads/") or -1) + 1
        for start in range(first, self.number, 1000):
            yield {
                "Versions": [
                    {
                        "Key": f"uploads/{index:012}",
                        "VersionId": f"version-{index:024}",
                        "IsLatest": True,
                        "Size": index,
                        "ETag": f'"{index:032x}"',
                        "LastModified": UPLOADED,
                    }
                    for index in range(start, min(start + 1000, self.number))
                ]
            }

    def batch_get_item(self, **request: Any) -> Any:
        ((table, asked),) = request["RequestItems"].items()
        keys = [key["object_key"]["S"] for key in asked["Keys"]]
        return {"Responses": {table: [entry(key) for key in keys if is_processed(key)]}}

    def get_queue_attributes(self, **_: Any) -> Any:
        number = "ApproximateNumberOfMessages"
        names = (number, f"{number}NotVisible", f"{number}Delayed", "MessageRetentionPeriod")
        return {"Attributes": dict.fromkeys(names, "0")}

    def receive_message(self, **_: Any) -> Any:
        return {}

    def send_message_batch(self, **request: Any) -> Any:
        self.first_sent = self.first_sent or time.monotonic()
        self.sent += len(request["Entries"])
        return {"Successful": request["Entries"]}


def is_processed(key: str) -> bool:
    return int(key.removeprefix("uploads/")) % PROCESSED == 0


def entry(key: str) -> dict[str, Any]:
    """Return a file's ledger entry, as DynamoDB has it."""
    index = int(key.removeprefix("uploads/"))
    texts = {
        "object_key": key,
        "version_id": f"version-{index:024}",
        "etag": f"{index:032x}",
        "sequencer": "0055AED6DCD90281E5".ljust(64, "0"),
        "event_time": "2999-01-01T00:00:00.000Z",
    }
    return {**{name: {"S": text} for name, text in texts.items()}, "processed_at": {"N": "1"}}


def main() -> int:
    """Reconcile, and print the figures."""
    aws: Any = Listings(int(sys.argv[1]))
    session: Any = boto3.Session("key", "secret", region_name="us-west-2")
    clients = [session.client(service) for service in SERVICES]  # for their memory alone
    started = time.monotonic()
    code = reconcile.run(Report(yes=True), STACK, aws, aws, aws)
    ended = time.monotonic()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 1_000_000
    figures = {
        "peak_mb": peak_mb,
        "sent": aws.sent,
        "planning": aws.first_sent - started,
        "sending": ended - aws.first_sent,
        "clients": len(clients),
    }
    print(json.dumps(figures), file=sys.stderr)
    return code or int(peak_mb > MOST_MB)


if __name__ == "__main__":
    raise SystemExit(main())
