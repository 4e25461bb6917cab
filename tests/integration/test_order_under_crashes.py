"""Real events of real uploads, delivered twice in any order to a runtime that keeps dying."""

import itertools
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.operations.events import uploads_in
from tests.fixture_lanes import lane
from tests.lambda_code import loaded

from .conftest import wait_until

Deploy = Callable[..., Any]

KEYS, VERSIONS, DELIVERIES, THREADS = 100, 5, 2, 16
CRASHES = 0.15  # of all attempts, at each of the steps
STEPS = ("get_object", "put_item before", "put_item after")


class CrashError(BaseException):
    """As if the process died: what it left undone is delivered again."""


class Crashing:
    """A client whose calls sometimes kill the process, before or after they take effect."""

    def __init__(self, client: Any, chance: random.Random) -> None:
        self.client, self.chance = client, chance
        self.crashes: Counter[str] = Counter()
        self.effects: Counter[tuple[str, str]] = Counter()
        self.lock = threading.Lock()

    def die_sometimes(self, step: str) -> None:
        with self.lock:
            dies = self.chance.random() < CRASHES
            self.crashes[step] += dies
        if dies:
            raise CrashError(step)

    def get_object(self, **request: Any) -> Any:
        self.die_sometimes("get_object")
        return self.client.get_object(**request)

    def put_item(self, **request: Any) -> Any:
        self.die_sometimes("put_item before")
        self.client.put_item(**request)
        with self.lock:
            item = request["Item"]
            self.effects[item["object_key"]["S"], item["version_id"]["S"]] += 1
        self.die_sometimes("put_item after")


@pytest.fixture(params=["notification", "eventbridge"])
def paused(deploy: Deploy, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A stack whose queue nobody reads but the test, announced in one way or the other."""
    stack = deploy()
    if request.param == "eventbridge":
        lanes = [lane(source="eventbridge")]
        stack.update(render(build(Retention.EPHEMERAL, lanes)).decode())
    functions = stack.client("lambda")
    (mapping,) = functions.list_event_source_mappings(FunctionName=stack.outputs["FunctionName"])[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    yield stack


def upload_all(stack: Any) -> dict[str, str]:
    """Upload every version of every key and return the newest version of each."""
    newest = {}
    for version, key in itertools.product(range(VERSIONS), range(KEYS)):
        name = f"{key:03}.txt"
        newest[f"uploads/{name}"] = stack.upload(name, f"{key} {version}".encode())
    return newest


def receive_all(stack: Any, number: int) -> list[str]:
    """Take every upload event out of the queue."""
    sqs, url = stack.client("sqs"), stack.outputs["IngestQueueUrl"]
    bodies: list[str] = []

    def enough() -> bool:
        response = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in response.get("Messages", []):
            if uploads_in(message["Body"]):  # not S3's test event
                bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(bodies) >= number

    wait_until(f"{number} events", enough)
    return bodies


def test_no_version_is_stale_lost_or_processed_twice(
    paused: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = upload_all(paused)
    bodies = receive_all(paused, KEYS * VERSIONS) * DELIVERIES
    chance = random.Random(20_261_123)  # noqa: S311
    chance.shuffle(bodies)
    for name, value in paused.session.environment.items():
        monkeypatch.setenv(name, value)
    with loaded("file_processor") as index:
        runtime = index.Runtime(
            {
                "STACK_NAME": "files",
                "PROCESSOR_NAME": "receipts",
                "PROCESSOR": "index:sign_receipt",
                "BUCKET_NAME": paused.outputs["UploadBucketName"],
                "SECRET_ARN": paused.outputs["SecretArn"],
                "LEDGER_TABLE": paused.outputs["LedgerTableName"],
                "DEAD_LETTER_QUEUE_URL": paused.outputs["DeadLetterQueueUrl"],
            }
        )
        s3 = runtime.s3 = Crashing(runtime.s3, chance)
        ledger = runtime.dynamodb = Crashing(runtime.dynamodb, chance)

        def deliver(number: int, body: str) -> None:
            event = {"Records": [{"messageId": str(number), "body": body}]}
            while runtime.handle(event, lambda: 60_000)["batchItemFailures"]:
                pass

        with ThreadPoolExecutor(THREADS) as pool:
            for future in [pool.submit(deliver, *item) for item in enumerate(bodies)]:
                future.result()
        runtime.pool.shutdown()

    crashes = s3.crashes + ledger.crashes
    assert min(crashes[step] for step in STEPS) > 10, "a step that never died proves nothing"
    versions = {f"uploads/{name}": r.version_id for name, r in paused.receipts().items()}
    assert versions == newest, "stale or lost"
    assert set(ledger.effects.values()) == {1}, "processed twice"
    outcomes = Counter(
        json.loads(line).get("message") for line in capsys.readouterr().out.splitlines()
    )
    assert outcomes["duplicate"] + outcomes["superseded"] > KEYS * VERSIONS / 2
    assert not paused.parked()
