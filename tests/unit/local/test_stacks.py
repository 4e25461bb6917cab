"""Following a stack: what is shown, and when it is over."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import stacks
from local.stacks import StackError, StackEvent


class FakeCloudFormation:
    """Goes through given states; one event for each."""

    def __init__(self, *states: str, reason: str = "") -> None:
        self.states = list(states)
        self.reached = -1
        self.reason = reason

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        self.reached = min(self.reached + 1, len(self.states) - 1)
        state = self.states[self.reached]
        if state == "GONE":
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "x")
        return {"Stacks": [{"StackStatus": state}]}

    def get_paginator(self, operation: str) -> "FakeCloudFormation":
        return self

    def paginate(self, StackName: str) -> list[dict[str, Any]]:  # noqa: N803
        events = [
            {
                "EventId": str(number),
                "LogicalResourceId": f"Resource{number}",
                "ResourceType": "AWS::SQS::Queue",
                "ResourceStatus": state,
                "ResourceStatusReason": self.reason,
            }
            for number, state in enumerate(self.states[: self.reached + 1])
        ]
        return [{"StackEvents": events[::-1]}]


def follow(client: FakeCloudFormation, reached: int = -1) -> list[StackEvent]:
    """Follow it from a state on, which it reaches at once."""
    cloudformation: Any = client
    return list(stacks.follow(cloudformation, "stack", lambda: setattr(client, "reached", reached)))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0)


def test_events_come_once_and_oldest_first() -> None:
    events = follow(FakeCloudFormation("CREATE_IN_PROGRESS", "CREATE_COMPLETE"))
    assert [event.status for event in events] == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_a_stack_that_is_gone_is_done() -> None:
    assert len(follow(FakeCloudFormation("DELETE_IN_PROGRESS", "GONE"))) == 2


@pytest.mark.parametrize(
    "final", ["ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_FAILED"]
)
def test_an_unwanted_end_names_the_first_failure(final: str) -> None:
    client = FakeCloudFormation(
        "CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_IN_PROGRESS", final, reason="no quota"
    )
    with pytest.raises(StackError) as caught:
        follow(client, reached=1)  # the failure is an event, while the stack rolls back
    assert final in str(caught.value)
    assert "Resource1: no quota" in str(caught.value)
