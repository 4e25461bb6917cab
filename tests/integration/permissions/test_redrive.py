"""The stack's queues take the failed messages of its own ingest queue, and of no other."""

import json
from typing import Any

import pytest

from ..conftest import wait_until
from .attack import NEIGHBOUR
from .proof import HOUSE
from .world import World

QUEUES = [
    lane.logical_id(kind) for lane in HOUSE.lanes for kind in ("DeadLetterQueue", "IngestQueue")
]


@pytest.mark.parametrize("title", QUEUES)
def test_a_neighbour_cannot_park_its_messages_here(keyless: World, title: str) -> None:
    sqs, url = keyless.client("sqs"), keyless.physical(title)
    names = ["QueueArn", "RedriveAllowPolicy"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    redrive = {"deadLetterTargetArn": found["QueueArn"], "maxReceiveCount": 1}
    source = sqs.create_queue(
        QueueName=f"{NEIGHBOUR}-of-{title}",
        Attributes={"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": "0"},
    )["QueueUrl"]
    sqs.send_message(QueueUrl=source, MessageBody=json.dumps({"Event": "s3:TestEvent"}))
    received = [sqs.receive_message(QueueUrl=source).get("Messages") for _ in range(3)]
    assert all(received), "it went away"
    open_to_all = json.dumps({"redrivePermission": "allowAll"})
    attributes: dict[str, Any] = {"RedriveAllowPolicy": open_to_all}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    try:
        wait_until("its way", lambda: not sqs.receive_message(QueueUrl=source).get("Messages"))
    finally:
        attributes = {"RedriveAllowPolicy": found["RedriveAllowPolicy"]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
        keyless.settle()
