"""A queue's name is taken once."""

import pytest
from ministack.services.cloudformation import provisioners

from local.validation.queue_names import create


def test_a_name_is_taken_once() -> None:
    named = {"QueueName": "taken-once"}
    create(provisioners._sqs_create, "Queue", named, "first")
    with pytest.raises(ValueError, match="'taken-once' already exists"):
        create(provisioners._sqs_create, "Queue", named, "second")
    create(provisioners._sqs_create, "Queue", {}, "first")
    create(provisioners._sqs_create, "Queue", {}, "second")


def test_ministack_still_takes_a_name_twice() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    for stack in ("first", "second"):
        assert provisioners._sqs_create("Queue", {"QueueName": "taken-twice"}, stack)
