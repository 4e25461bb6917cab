"""Queues in memory, with what a listing and a redrive need."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.processors.uploads import Uploads


class FakeSQS:
    """Two queues. ``fail`` maps an operation to the error it raises."""

    def __init__(self) -> None:
        self.queues: dict[str, dict[str, dict[str, Any]]] = {
            name: {} for name in ("dlq", "ingest", "csv-dlq", "csv-ingest")
        }
        self.hidden: dict[str, int] = {}
        self.fail: dict[str, ClientError] = {}
        self.calls: list[str] = []
        self.tasks: list[dict[str, Any]] = []
        self.forgetful = False  # delivers hidden messages again
        self.numbers = itertools.count()

    def put(self, body: str, *, reason: str = "", source: str = "", queue: str = "dlq") -> str:
        message_id = f"m{next(self.numbers)}"
        attributes = {"SentTimestamp": "1763877335244", "ApproximateReceiveCount": "4"}
        if source:
            attributes["DeadLetterQueueSourceArn"] = source
        message: dict[str, Any] = {
            "MessageId": message_id,
            "Body": body,
            "ReceiptHandle": f"handle-{message_id}",
            "Attributes": attributes,
        }
        if reason:
            message["MessageAttributes"] = {"Reason": {"StringValue": reason}}
        self.queues[queue][message_id] = message
        return message_id

    def _called(self, operation: str) -> None:
        self.calls.append(operation)
        if operation in self.fail:
            raise self.fail[operation]

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        queue = self.queues[request["QueueUrl"]]
        total, hidden = len(queue), len(self.hidden.keys() & queue)
        number = "ApproximateNumberOfMessages"
        return {
            "Attributes": {
                "MessageRetentionPeriod": "1209600",
                "QueueArn": f"arn:{request['QueueUrl']}",
                number: str(total - hidden),
                f"{number}NotVisible": str(hidden),
                f"{number}Delayed": "0",
            }
        }

    def receive_message(self, **request: Any) -> dict[str, Any]:
        self._called("receive")
        queue = self.queues[request["QueueUrl"]]
        visible = [m for i, m in queue.items() if self.forgetful or i not in self.hidden][:10]
        self.hidden |= {m["MessageId"]: request["VisibilityTimeout"] for m in visible}
        return {"Messages": visible} if visible else {}

    def change_message_visibility_batch(self, **request: Any) -> None:
        assert 0 < len(request["Entries"]) <= 10
        for entry in request["Entries"]:
            assert entry["VisibilityTimeout"] == 0
            self.hidden.pop(entry["ReceiptHandle"].removeprefix("handle-"), None)

    def send_message(self, **request: Any) -> None:
        self._called("send")
        assert "MessageAttributes" not in request
        message_id = f"m{next(self.numbers)}"
        self.queues[request["QueueUrl"]][message_id] = {"Body": request["MessageBody"]}

    def delete_message(self, **request: Any) -> None:
        self._called("delete")
        message_id = request["ReceiptHandle"].removeprefix("handle-")
        del self.queues[request["QueueUrl"]][message_id]
        del self.hidden[message_id]

    def list_message_move_tasks(self, **request: Any) -> dict[str, Any]:
        self._called("list tasks")
        assert request["SourceArn"] == "arn:dlq"
        return {"Results": [self.tasks.pop(0)]} if self.tasks else {"Results": []}

    def start_message_move_task(self, **request: Any) -> None:
        self._called("start task")
        assert request == {"SourceArn": "arn:dlq", "DestinationArn": "arn:ingest"}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands keep their plans: each test has its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "serverlessapp"


@pytest.fixture
def sqs() -> Any:
    return FakeSQS()


def made_lane(processor: str, start: str = "", **uploads: Any) -> StackLane:
    """A lane whose resources' names begin with something."""
    return StackLane(
        processor=processor,
        uploads=Uploads(**uploads),
        ingest_queue=f"{start}ingest",
        dead_letter_queue=f"{start}dlq",
        ledger=f"{start}t",
        function=f"{start}f",
        log_group=f"{start}g",
    )


def made_stack(*lanes: StackLane) -> Stack:
    return Stack(name="files", bucket="b", prefix="uploads/", secret="s", lanes=lanes)


@pytest.fixture
def stack() -> Stack:
    """A stack of today: one processor takes everything."""
    return made_stack(made_lane("receipts"))


@pytest.fixture
def two_lanes() -> Stack:
    """A stack of two processors, neither of which takes everything."""
    tables = made_lane("csv", "csv-", folder="reports/", suffixes=(".csv", ".tsv"))
    return made_stack(tables, made_lane("receipts", suffixes=(".txt",)))
