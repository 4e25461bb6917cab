"""The ledger: what the function has written about each file."""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from serverlessapp.clients import DynamoDBClient
from serverlessapp.operations.events import SEQUENCER_WIDTH, sequencer_after
from serverlessapp.operations.stack import StackLane

BATCH = 100  # entries per call, DynamoDB's limit
LEDGER_DAYS = 365  # how long the function keeps an entry
PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.05, 5.0  # before the same call again
ATTRIBUTES = ("version_id", "etag", "sequencer", "event_time", "processed_at")


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """Which event of a file was processed last."""

    version_id: str = ""
    etag: str = ""
    sequencer: str = ""  # as stored, 64 digits
    event_time: str = ""
    processed_at: int = 0  # seconds since 1970
    damage: str = ""  # why the function cannot have written this, and what to do; others are empty


def entries(
    dynamodb: DynamoDBClient, lane: StackLane, keys: Collection[str]
) -> dict[str, LedgerEntry]:
    """Return the entries of up to 100 keys in the ledger of a lane, by key."""
    table, by_key = lane.ledger, {}
    pending: Any = {
        table: {
            "Keys": [{"object_key": {"S": key}} for key in keys],
            "ConsistentRead": True,
            "ProjectionExpression": ", ".join(("object_key", *ATTRIBUTES)),
        }
    }
    for attempt in count():  # DynamoDB may leave some for a later call
        response = dynamodb.batch_get_item(RequestItems=pending)
        for item in response["Responses"].get(table, []):
            by_key[item["object_key"]["S"]] = entry(item)
        if not (pending := response.get("UnprocessedKeys")):
            break
        # As it recommends (Amazon DynamoDB API Reference, "BatchGetItem").
        time.sleep(min(PAUSE_SECONDS * 2**attempt, MAX_PAUSE_SECONDS))
    return by_key


def entry(item: Mapping[str, Any]) -> LedgerEntry:
    """Return an entry as the function wrote it, or what is wrong with it."""
    try:
        written = LedgerEntry(
            version_id=item["version_id"]["S"],
            etag=item["etag"]["S"],
            sequencer=item["sequencer"]["S"],
            event_time=item["event_time"]["S"],
            processed_at=int(item["processed_at"]["N"]),
        )
        following = sequencer_after(written.sequencer)  # as the function compares them
        if not written.sequencer < following or len(following) > SEQUENCER_WIDTH:
            raise ValueError(f"no event comes after sequencer {written.sequencer}")
        datetime.fromtimestamp(written.processed_at, UTC)
    except (KeyError, OSError, OverflowError, ValueError) as error:
        return LedgerEntry(
            damage=(
                f"its entry is damaged ({type(error).__name__}: {error}): look at it with "
                "serverlessapp receipt, then delete it; reconcile enqueues the file"
            )
        )
    return written


def pages(
    dynamodb: DynamoDBClient, table: str, key: str | None = None
) -> Iterator[list[Mapping[str, Any]]]:
    """Yield everything in the ledger, page by page, or only the entry of a key."""
    if key is not None:
        item = dynamodb.get_item(
            TableName=table, Key={"object_key": {"S": key}}, ConsistentRead=True
        ).get("Item")
        yield [item] if item else []
        return
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield list(page["Items"])
