"""EventBridge delivers to a queue that takes it, or else to the target's dead-letter queue."""

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import eventbridge, sqs

from local.corrections import rule_targets

QUEUES = "arn:aws:sqs:us-east-1:000000000000"
RULE = {"Name": "r", "Arn": "arn:aws:events:us-east-1:000000000000:rule/r"}
EVENT = {"Source": "mine", "Detail": "{}"}
NAMES = ("open", "closed", "dead")


@pytest.fixture(autouse=True)
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make queues of which one takes nothing, as policies say with ``AUTH=true`` only."""
    urls = [sqs._act_create_queue({"QueueName": name}, "")["QueueUrl"] for name in NAMES]
    monkeypatch.setattr(sqs, "queue_policy_allows", lambda arn, *_: not arn.endswith("closed"))
    yield
    for url in urls:
        sqs._act_delete_queue({"QueueUrl": url}, url)


def got() -> list[str]:
    """Return the names of the queues that have a message."""
    return [queue["name"] for queue in sqs._queues.values() if queue["messages"]]


@pytest.mark.parametrize(
    ("name", "dead_letter", "delivered"),
    [
        ("open", "dead", ["open"]),
        ("closed", "dead", ["dead"]),
        ("gone", "dead", ["dead"]),
        ("closed", None, []),
        ("closed", "closed", []),
        ("closed", "gone", []),
    ],
)
def test_an_event_goes_where_it_is_taken(
    name: str, dead_letter: str | None, delivered: list[str]
) -> None:
    target: dict[str, Any] = {"Id": "1", "Arn": f"{QUEUES}:{name}"}
    if dead_letter:
        target["DeadLetterConfig"] = {"Arn": f"{QUEUES}:{dead_letter}"}
    rule_targets.invoke(eventbridge._invoke_target, target, EVENT, RULE)
    assert got() == delivered


def test_another_target_is_left_to_ministack() -> None:
    asked: list[Any] = []
    target = {"Id": "1", "Arn": "arn:aws:sns:us-east-1:000000000000:topic"}
    rule_targets.invoke(lambda *given: asked.append(given), target, EVENT, RULE)
    assert asked == [(target, EVENT, RULE)]


def test_ministack_still_asks_no_queue() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    eventbridge._invoke_target({"Id": "1", "Arn": f"{QUEUES}:closed"}, EVENT, RULE)
    assert got() == ["closed"]
