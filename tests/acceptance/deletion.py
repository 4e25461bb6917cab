"""After taskcat: each stack is gone, what it was to keep is there, and then is gone as well."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from tests.acceptance import remains, unseen
from tests.acceptance.account import Account
from tests.acceptance.checks import creation
from tests.acceptance.checks.expectations import Broken, wait
from tests.acceptance.checks.result import Result
from tests.acceptance.checks.subject import Resource

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

GONE = ("DELETE_COMPLETE", "MISSING")


def problems(account: Account, result: Result, *, since: datetime) -> list[str]:
    """Look whether a stack has disappeared as it should, and take away what has not.

    Args:
        account: Where.
        result: What was seen of the stack.
        since: When the run began.

    Returns:
        What was wrong, in words. What is described is gone nevertheless, if AWS lets it go.
    """
    found: list[str] = []
    try:
        if not result.stack_id:
            unseen.find(account, result, since)
        if not result.stack_id:
            return found  # CloudFormation never began
        found += stack_problems(account.client("cloudformation", result.region), result)
        found += resource_problems(account, result)
    except (Broken, BotoCoreError, ClientError) as error:
        found.append(f"left behind: {error}")
    return found


def stack_problems(cloudformation: "CloudFormationClient", result: Result) -> Iterator[str]:
    """Yield why the stack is still there, and delete it, if need be without what resists.

    Raises:
        Broken: It does not go away.
    """
    state = creation.status(cloudformation, result.stack_id)
    if state in GONE:
        return
    reason = creation.first_failure(cloudformation, result.stack_id)
    yield f"not deleted ({state}): {reason}"
    for mode in ("STANDARD", "FORCE_DELETE_STACK"):
        if mode == "STANDARD" and state == "DELETE_FAILED":
            continue  # that was tried
        cloudformation.delete_stack(StackName=result.stack_id, DeletionMode=mode)
        state = wait(
            f"the end of deleting {result.stack}",
            lambda: settled(cloudformation, result.stack_id),
            creation.CREATION_SECONDS,
        )
        if state in GONE:
            return
    raise Broken(f"stack {result.stack} cannot be deleted: {state}")


def settled(cloudformation: "CloudFormationClient", stack: str) -> str | None:
    """Return the stack's status once nothing happens to it any more."""
    state = creation.status(cloudformation, stack)
    return None if state.endswith("_IN_PROGRESS") else state


def resource_problems(account: Account, result: Result) -> Iterator[str]:
    """Yield what is there and should not be, or the other way round; then remove it.

    Raises:
        Broken: Something does not go away.
    """
    for one in result.resources:
        if one.type not in remains.KINDS:
            continue
        keep = one.logical_id in result.kept
        there = not gone(account, result.region, one, patient=not keep)
        if keep and not there:
            yield f"{one.logical_id} is gone, though the template keeps it: {one.name}"
        if there and not keep:
            yield f"{one.logical_id} was left behind: {one.name}"
        if there:
            remains.remove(account, result.region, one.type, one.name)
            if not gone(account, result.region, one, patient=True):
                raise Broken(f"{one.logical_id} cannot be removed: {one.name}")


def gone(account: Account, region: str, resource: Resource, *, patient: bool) -> bool:
    """Tell whether a resource is gone. ``patient``: or will be within the account's time."""

    def look() -> bool:
        return not remains.exists(account, region, resource.type, resource.name)

    try:
        return wait(resource.name, look, account.seconds if patient else 0)
    except Broken:
        return False
