"""The file processor's runtime with AWS replaced by the smallest thing that behaves alike."""

import hashlib
import io
import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from tests.lambda_code import loaded, log_lines

EVENTS = Path(__file__).resolve().parent.parent.parent / "events"
BUCKET = "serverlessapp-dev-6d4c2be2-9f59-11f0-a2b6-0e190c227d73"
PASSWORD = "correct-horse"
MINUTE = 60_000


def error(code: str, operation: str = "Operation", **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": f"{code}!"}, **more}
    return ClientError(response, operation)


class FakeS3:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.metadata: dict[str, str] = {}
        self.failure: Exception | None = None
        self.requests: list[dict[str, str]] = []

    def get_object(self, **request: str) -> dict[str, Any]:
        self.requests.append(request)
        if self.failure:
            raise self.failure
        content = self.objects[request["Key"]]
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if request.get("IfMatch", f'"{etag}"') != f'"{etag}"':
            raise error("PreconditionFailed", "GetObject")
        return {
            "Body": StreamingBody(io.BytesIO(content), len(content)),
            "ContentLength": len(content),
            "Metadata": self.metadata,
        }


class FakeSecrets:
    def __init__(self) -> None:
        self.value = json.dumps({"username": "admin", "password": PASSWORD})
        self.failure: Exception | None = None
        self.calls = 0
        self.answers = threading.Event()
        self.answers.set()

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803
        self.calls += 1
        assert self.answers.wait(30)
        if self.failure:
            raise self.failure
        return {"SecretString": self.value, "VersionId": f"version-{self.calls}"}


class FakeDynamoDB:
    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.failure: Exception | None = None
        self.lock = threading.Lock()

    def put_item(self, **request: Any) -> None:
        if self.failure:
            raise self.failure
        assert request["ConditionExpression"] == (
            "attribute_not_exists(object_key) OR sequencer < :sequencer"
        )
        assert request["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
        item = request["Item"]
        with self.lock:
            kept = self.rows.get(item["object_key"]["S"])
            if kept and not kept["sequencer"]["S"] < item["sequencer"]["S"]:
                raise error("ConditionalCheckFailedException", "PutItem", Item=kept)
            self.rows[item["object_key"]["S"]] = item


class FakeSQS:
    def __init__(self) -> None:
        self.parked: list[dict[str, Any]] = []
        self.failure: Exception | None = None

    def send_message(self, **request: Any) -> None:
        if self.failure:
            raise self.failure
        self.parked.append(request)


class World:
    """The runtime, its fakes, and what it said."""

    def __init__(self, index: ModuleType, runtime: Any, capsys: pytest.CaptureFixture[str]) -> None:
        self.index = index
        self.runtime = runtime
        self.capsys = capsys
        self.s3, self.sqs, self.dynamodb = FakeS3(), FakeSQS(), FakeDynamoDB()
        self.secrets = FakeSecrets()
        runtime.s3, runtime.sqs, runtime.dynamodb = self.s3, self.sqs, self.dynamodb
        runtime.processor = index.sign_receipt
        runtime.secret = index.SecretCache(self.secrets, "arn:secret")
        self.lines: list[dict[str, Any]] = []

    def handle(self, *bodies: str, remaining_ms: int = MINUTE) -> list[str]:
        """Run one batch and return the numbers of the messages to be delivered again."""
        messages = [sqs_message(body, str(number)) for number, body in enumerate(bodies)]
        result = self.runtime.handle({"Records": messages}, lambda: remaining_ms)
        self.read_lines()
        assert list(result) == ["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]

    def read_lines(self) -> None:
        self.lines += log_lines(self.capsys.readouterr().out)

    def metrics(self) -> Counter[str]:
        totals: Counter[str] = Counter()
        counts = [line for line in self.lines if "_aws" in line]
        for line in counts:
            for directive in line["_aws"]["CloudWatchMetrics"]:
                for definition in directive["Metrics"]:
                    totals[definition["Name"]] += sum(line[definition["Name"]])
        assert totals.pop("InvocationCount") == len(counts), "one line an invocation"
        return totals

    def logged(self, text: str) -> dict[str, Any]:
        (line,) = [line for line in self.lines if text in line.get("message", "")]
        return line


def recorded(name: str, **changes: Any) -> str:
    """Return a recorded S3 event, its object changed."""
    event = json.loads((EVENTS / f"{name}.json").read_text())
    if changes:
        event["Records"][0]["s3"]["object"].update(changes)
    return json.dumps(event)


def sqs_message(body: str, message_id: str) -> dict[str, Any]:
    envelope = json.loads((EVENTS / "sqs-message.json").read_text())
    return {**envelope, "body": body, "messageId": message_id}


@pytest.fixture(scope="module")
def index() -> Iterator[ModuleType]:
    with loaded("file_processor") as module:
        yield module


@pytest.fixture(scope="module")
def runtime(index: ModuleType) -> Iterator[Any]:
    """The real runtime, whose clients no test ever calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        runtime = index.Runtime(environment())
    yield runtime
    runtime.pool.shutdown()


def environment() -> dict[str, str]:
    return {
        "STACK_NAME": "files",
        "PROCESSOR_NAME": "receipts",
        "PROCESSOR": "index:sign_receipt",
        "BUCKET_NAME": BUCKET,
        "SECRET_ARN": "arn:secret",
        "LEDGER_TABLE": "ledger",
        "DEAD_LETTER_QUEUE_URL": "https://sqs/dead",
    }


@pytest.fixture
def world(index: ModuleType, runtime: Any, capsys: pytest.CaptureFixture[str]) -> World:
    new = World(index, runtime, capsys)
    new.s3.objects["uploads/readings.txt"] = b"hello"
    return new
