"""Stacks by change set, as a careful person deploys: plan, look, execute, watch."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

POLL_SECONDS = 0.2
PLAN_ATTEMPTS = 300


class StackError(Exception):
    """CloudFormation refused or failed; the message has its reason."""


@dataclass(frozen=True, kw_only=True)
class StackEvent:
    """One line of a stack's history."""

    logical_id: str
    resource_type: str
    status: str
    reason: str

    @property
    def is_failure(self) -> bool:
        """Whether this is where something went wrong."""
        return self.status.endswith("_FAILED")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of a change set. ``replacement`` is True, False, Conditional, or empty."""

    action: str
    logical_id: str
    resource_type: str
    replacement: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A change set that waits to be executed."""

    stack: str
    name: str
    changes: tuple[Change, ...]


def plan(
    cloudformation: "CloudFormationClient",
    *,
    stack: str,
    template: str,
    parameters: Mapping[str, str],
    role: str = "",
) -> Plan | None:
    """Make a change set that creates or updates the stack.

    Args:
        cloudformation: Client for the Region.
        stack: Name of the stack.
        template: Template body.
        parameters: Values of those that shall not have their default.
        role: ARN of the role that CloudFormation works with, now and later; by default that of
            the stack, or the caller's own permissions.

    Returns:
        The plan; None when there is nothing to change.

    Raises:
        StackError: A parameter is refused by its constraint or by a rule, or the template
            is invalid.
    """
    exists = status(cloudformation, stack) not in (None, "REVIEW_IN_PROGRESS")
    name = f"plan-{int(time.time() * 1000)}"
    given_role: Any = {"RoleARN": role} if role else {}
    try:
        cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            ChangeSetType="UPDATE" if exists else "CREATE",
            TemplateBody=template,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
            **given_role,
        )
        waiter = cloudformation.get_waiter("change_set_create_complete")
        waiter.wait(
            StackName=stack,
            ChangeSetName=name,
            WaiterConfig={"Delay": 1, "MaxAttempts": PLAN_ATTEMPTS},
        )
    except ClientError as error:
        raise StackError(error.response["Error"]["Message"]) from error
    except WaiterError as error:
        reason = str(error.last_response.get("StatusReason", error))
        if "didn't contain changes" in reason or "No updates" in reason:
            cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
            return None
        raise StackError(reason) from error
    description = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
    changes = (change["ResourceChange"] for change in description["Changes"])
    return Plan(
        stack=stack,
        name=name,
        changes=tuple(
            Change(
                action=change["Action"],
                logical_id=change["LogicalResourceId"],
                resource_type=change["ResourceType"],
                replacement=change.get("Replacement", ""),
            )
            for change in changes
        ),
    )


def execute(cloudformation: "CloudFormationClient", planned: Plan) -> Iterator[StackEvent]:
    """Execute a plan and yield what happens until the stack is done.

    Raises:
        StackError: The stack was rolled back, or worse.
    """
    seen = event_ids(cloudformation, planned.stack)
    cloudformation.execute_change_set(StackName=planned.stack, ChangeSetName=planned.name)
    yield from follow(cloudformation, planned.stack, seen)


def delete(cloudformation: "CloudFormationClient", stack: str) -> Iterator[StackEvent]:
    """Delete a stack and yield what happens until it is gone.

    Raises:
        StackError: Something could not be deleted.
    """
    stack_id = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    seen = event_ids(cloudformation, stack_id)
    cloudformation.delete_stack(StackName=stack_id)
    yield from follow(cloudformation, stack_id, seen)


def follow(
    cloudformation: "CloudFormationClient", stack: str, seen: set[str]
) -> Iterator[StackEvent]:
    """Yield new events, oldest first, until the stack rests.

    Raises:
        StackError: It rests in a state that nobody wanted; the first failure is the reason.
    """
    first_failure: StackEvent | None = None
    while True:
        # Status before events: what happened up to the final status is then always shown.
        now = status(cloudformation, stack)
        for event in new_events(cloudformation, stack, seen):
            first_failure = first_failure or (event if event.is_failure else None)
            yield event
        if now in (None, "CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"):
            return
        if not now.endswith("_IN_PROGRESS"):
            reason = f"{first_failure.logical_id}: {first_failure.reason}" if first_failure else ""
            raise StackError(f"stack {stack} is {now}; {reason}")
        time.sleep(POLL_SECONDS)


def new_events(
    cloudformation: "CloudFormationClient", stack: str, seen: set[str]
) -> list[StackEvent]:
    """Return events not in ``seen``, oldest first, and add them to it."""
    events = []
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack):
        for event in page["StackEvents"]:
            if event["EventId"] in seen:
                continue
            seen.add(event["EventId"])
            events.append(
                StackEvent(
                    logical_id=event["LogicalResourceId"],
                    resource_type=event["ResourceType"],
                    status=event["ResourceStatus"],
                    reason=event.get("ResourceStatusReason", ""),
                )
            )
    return events[::-1]


def event_ids(cloudformation: "CloudFormationClient", stack: str) -> set[str]:
    """Return the IDs of all events so far."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    return {event["EventId"] for page in pages for event in page["StackEvents"]}


def outputs(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """Return the stack's outputs by name."""
    description = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", [])}


def status(cloudformation: "CloudFormationClient", stack: str) -> str | None:
    """Return the stack's status, None when there is no such stack."""
    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
