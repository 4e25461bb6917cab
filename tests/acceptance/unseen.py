"""Stacks that taskcat made and the post-hook never looked at: it failed, or was interrupted."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.acceptance.account import Account
from tests.acceptance.checks import creation
from tests.acceptance.checks.result import Result
from tests.acceptance.checks.subject import Resource

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

PREFIX = "tCaT"  # taskcat's


def find(account: Account, result: Result, since: datetime) -> None:
    """Complete a result without a stack, if there was one; it may be deleted by now.

    From its events: of a stack that is deleted, they tell most.

    Raises:
        ClientError: AWS refuses.
    """
    cloudformation = account.client("cloudformation", result.region)
    for stack in stacks(cloudformation, f"{PREFIX}-{result.test}-", since):
        result.stack, result.stack_id = stack["StackName"], stack["StackId"]
        told = list(creation.events(cloudformation, result.stack_id))
        result.resources = resources(told)
        result.kept = [
            event["LogicalResourceId"]
            for event in told
            if event["ResourceStatus"] == "DELETE_SKIPPED"
        ]


def resources(events: Iterable[Mapping[str, Any]]) -> list[Resource]:
    """Return what events are about, each once; it has a name when it has been made."""
    found = {
        event["LogicalResourceId"]: Resource(
            logical_id=event["LogicalResourceId"],
            type=event["ResourceType"],
            name=event["PhysicalResourceId"],
        )
        for event in events
        if event.get("PhysicalResourceId")
    }
    return list(found.values())


def stacks(
    cloudformation: "CloudFormationClient", prefix: str, since: datetime
) -> Iterator[dict[str, Any]]:
    """Yield the stacks of this name that were begun since a moment."""
    for page in cloudformation.get_paginator("list_stacks").paginate():
        for stack in page["StackSummaries"]:
            if stack["StackName"].startswith(prefix) and stack["CreationTime"] >= since:
                yield dict(stack)
