"""Whatever the order, the number of deliveries and the crashes: the newest version wins, once."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lambda_code import loaded

KEYS = 3
STEPS = ("before reading", "before the ledger", "after the ledger")


class CrashError(BaseException):
    """As if the process died: what it left undone is delivered again."""


@dataclass(frozen=True)
class Delivery:
    """One delivery of one event; ``crash`` is the step at which its first attempt dies."""

    key: int
    sequencer: str
    crash: str | None = None


@dataclass
class Ledger:
    """DynamoDB as the runtime uses it, crashing when asked to."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    crash: str | None = None

    def put_item(self, **request: Any) -> None:
        self.die_if("before the ledger")
        item = request["Item"]
        key, sequencer = item["object_key"]["S"], item["sequencer"]["S"]
        kept = self.rows.get(key)
        if kept and not kept["sequencer"]["S"] < sequencer:
            response: Any = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": kept}
            raise ClientError(response, "PutItem")
        self.rows[key] = item
        self.effects[key, sequencer] += 1
        self.die_if("after the ledger")

    def die_if(self, step: str) -> None:
        if self.crash == step:
            self.crash = None
            raise CrashError


@pytest.fixture(scope="module")
def index() -> Iterator[ModuleType]:
    with loaded("file_processor") as module:
        yield module


# S3 pads nothing: sequencers of one key differ in length.
sequencers = st.text("0123456789ABCDEF", min_size=1, max_size=18).filter(lambda s: s.strip("0"))
deliveries = st.lists(
    st.builds(Delivery, st.integers(1, KEYS), sequencers, st.sampled_from((None, *STEPS))),
    min_size=1,
    max_size=30,
).flatmap(lambda events: st.permutations(events * 2))


def body_of(delivery: Delivery) -> str:
    item = {
        "key": f"uploads/{delivery.key}",
        "size": 1,
        "eTag": "e",
        "versionId": delivery.sequencer,
        "sequencer": delivery.sequencer,
    }
    place = {"bucket": {"name": "b"}, "object": item}
    kind = {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-11-01T10:00:00Z",
    }
    record = {**kind, "s3": place}
    return json.dumps({"Records": [record]})


@settings(max_examples=200, deadline=None)
@given(deliveries)
def test_newest_wins_nothing_is_lost_and_nothing_happens_twice(
    index: ModuleType, deliveries: list[Delivery]
) -> None:
    ledger = Ledger()
    process(index, ledger, deliveries)
    newest: dict[str, str] = {}
    for delivery in deliveries:
        padded = delivery.sequencer.ljust(index.SEQUENCER_WIDTH, "0")
        key = f"uploads/{delivery.key}"
        newest[key] = max(newest.get(key, ""), padded)
    assert {key: row["sequencer"]["S"] for key, row in ledger.rows.items()} == newest
    assert set(ledger.effects.values()) == {1}


def process(index: ModuleType, ledger: Ledger, deliveries: list[Delivery]) -> None:
    """Deliver as SQS does: until the runtime says that a message is done."""

    def processor(file: Any, context: Any) -> None:
        ledger.die_if("before reading")

    class Fake:
        environ = {"BUCKET_NAME": "b", "LEDGER_TABLE": "t", "PROCESSOR_NAME": "p"}  # noqa: RUF012
        s3 = sqs = None
        secret = SimpleNamespace(
            get=lambda: index.Secret(version_id="1", values={"password": "pw"})
        )
        dynamodb = ledger

    runtime: Any = Fake()
    runtime.processor = processor
    batch = index.Batch(runtime, index.Metrics({"StackName": "files"}), lambda: 60_000)
    for number, delivery in enumerate(deliveries):
        ledger.crash = delivery.crash
        for _ in range(len(STEPS) + 1):
            if batch.settle(str(number), body_of(delivery)):
                break
        else:
            pytest.fail("never settled")
