"""Stacks that taskcat made and the post-hook never looked at: it failed, or was interrupted."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from acceptance.account import Account
from acceptance.checks import creation
from acceptance.checks.result import Result

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

PREFIX = "tCaT"  # taskcat's


def find(account: Account, result: Result, since: datetime) -> None:
    """Complete a result without a stack, if there was one; it may be deleted by now.

    Raises:
        ClientError: AWS refuses.
    """
    cloudformation = account.client("cloudformation", result.region)
    for stack in stacks(cloudformation, f"{PREFIX}-{result.test}-", since):
        result.stack, result.stack_id = stack["StackName"], stack["StackId"]
        result.resources = creation.resources(cloudformation, result.stack_id)
        result.kept = creation.kept(cloudformation, result.stack_id)


def stacks(
    cloudformation: "CloudFormationClient", prefix: str, since: datetime
) -> Iterator[dict[str, Any]]:
    """Yield the stacks of this name that were begun since a moment."""
    for page in cloudformation.get_paginator("list_stacks").paginate():
        for stack in page["StackSummaries"]:
            if stack["StackName"].startswith(prefix) and stack["CreationTime"] >= since:
                yield dict(stack)
