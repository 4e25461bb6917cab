"""A queue takes no other's name."""

from typing import Any

import pytest
from ministack.services import sqs
from ministack.services.cloudformation.provisioners import _sqs_create

from local.validation import queues

NAMED = {"QueueName": "taken"}


def create(properties: dict[str, Any]) -> Any:
    return queues.create(_sqs_create, "Queue", properties, "stack")


def test_a_name_that_is_taken_is_refused() -> None:
    url, _ = create(NAMED)
    try:
        with pytest.raises(ValueError, match=r"'taken' already exists.*AlreadyExists"):
            create(NAMED)
    finally:
        sqs._act_delete_queue({"QueueUrl": url}, url)
    assert create(NAMED)[0] == url  # free again


def test_a_generated_name_is_never_taken() -> None:
    assert create({}) == create({})


def test_ministack_still_puts_a_queue_in_the_place_of_another() -> None:
    """When this fails, ministack has learned it: take the check out."""
    named = {"QueueName": "replaced"}
    sqs._act_send_message({"MessageBody": "lost"}, _sqs_create("Queue", named, "stack")[0])
    url, _ = _sqs_create("Queue", named, "stack")
    assert not sqs._queues[url]["messages"]
