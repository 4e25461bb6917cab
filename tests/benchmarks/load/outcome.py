"""What became of every file."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from local.emulator import EmulatorSession
from serverlessapp.operations import metrics, receipts
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Depth
from tests.benchmarks.load.uploads import Sent

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

SETTLE_SECONDS = 900.0
POLL_SECONDS = 1.0
HIDE_SECONDS = 900  # a parked message is read once


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Keys by where they ended, and how long each took.

    Attributes:
        receipts: Keys in the ledger.
        parked: Keys in the dead-letter queue.
        milliseconds: Time in the handler, of each file that was processed.
    """

    receipts: set[str]
    parked: set[str]
    milliseconds: list[float]


def wait(
    console: Console, session: EmulatorSession, stack: dict[str, str], sent: list[Sent]
) -> Outcome:
    """Return the outcome when the queue is empty, or when the time is up."""
    sqs = session.client("sqs")
    with console.status("the queue empties ...") as display:
        for left in until_empty(sqs, stack["IngestQueueUrl"]):
            display.update(f"{left:,} of {len(sent):,} messages are left")
    table = session.client("dynamodb")
    lines = metrics.log_lines(session.client("logs"), stack["LogGroupName"])
    return Outcome(
        receipts={receipt.key for receipt in receipts.read(table, stack["LedgerTableName"])},
        parked=set(parked(sqs, stack["DeadLetterQueueUrl"])),
        milliseconds=[line["milliseconds"] for line in lines if line.get("message") == "processed"],
    )


def until_empty(sqs: "SQSClient", url: str) -> Iterator[int]:
    """Yield how many messages are left in a queue, until none is or the time is up."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (left := waiting(sqs, url)) and time.monotonic() < deadline:
        yield left
        time.sleep(POLL_SECONDS)


def waiting(sqs: "SQSClient", url: str) -> int:
    """Return how many messages are in a queue, delivered ones included."""
    depth = Depth.of(sqs, url)
    return depth.visible + depth.hidden


def parked(sqs: "SQSClient", url: str) -> Iterator[str]:
    """Yield the keys of parked files."""
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=HIDE_SECONDS
    ).get("Messages", []):
        for message in messages:
            for upload in uploads_in(message["Body"]):
                yield upload.key
