"""Stacks by change set, as a careful person deploys: plan, look, execute, watch."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.templates import uploaded
from serverlessapp.clients import CloudFormationClient, StackEventTypeDef

POLL_SECONDS = 0.1
PLAN_SECONDS = 300.0
# What CloudFormation says of an update that changes nothing.
NOTHING = ("didn't contain changes", "No updates are to be performed")


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
    cloudformation: CloudFormationClient,
    *,
    stack: str,
    template: str | Mapping[str, Any],
    parameters: Mapping[str, str],
    name: str = "",
    capabilities: Iterable[Any] = ("CAPABILITY_IAM",),
    **options: Any,
) -> Plan | None:
    """Make a change set that creates or updates a stack; return None if nothing would change.

    The template is YAML, JSON, or the content. A change set with a ``name`` stays even then. The
    ``options`` are more of CreateChangeSet, such as ``RoleARN`` and ``Tags``.

    Raises:
        StackError: A parameter is refused by its constraint or by a rule, or the template
            is invalid.
    """
    exists = status(cloudformation, stack) not in (None, "REVIEW_IN_PROGRESS")
    change_set: Any = {"StackName": stack, "ChangeSetName": name or f"plan-{uuid.uuid4()}"}
    try:
        with uploaded(cloudformation, template) as url:
            cloudformation.create_change_set(
                **change_set,
                ChangeSetType="UPDATE" if exists else "CREATE",
                TemplateURL=url,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
                Capabilities=list(capabilities),
                **options,
            )
    except ClientError as error:
        raise StackError(error.response["Error"]["Message"]) from error
    deadline = time.monotonic() + PLAN_SECONDS
    while (made := cloudformation.describe_change_set(**change_set))["Status"] != "CREATE_COMPLETE":
        reason = made.get("StatusReason", "")
        if made["Status"] == "FAILED" and any(text in reason for text in NOTHING):
            if not name:
                cloudformation.delete_change_set(**change_set)
            return None
        if made["Status"] == "FAILED" or time.monotonic() > deadline:
            raise StackError(reason or f"the change set is still {made['Status']}")
        time.sleep(POLL_SECONDS)
    changes = tuple(
        Change(
            action=change["Action"],
            logical_id=change["LogicalResourceId"],
            resource_type=change["ResourceType"],
            replacement=change.get("Replacement", ""),
        )
        for change in (item["ResourceChange"] for item in made["Changes"])
    )
    return Plan(stack=stack, name=change_set["ChangeSetName"], changes=changes)


def deploy(cloudformation: CloudFormationClient, *, stack: str, **planned: Any) -> dict[str, str]:
    """Create or update a stack, and return its outputs by name; see ``plan`` and ``follow``."""
    if changes := plan(cloudformation, stack=stack, **planned):
        for _ in execute(cloudformation, changes):
            pass
    return outputs(cloudformation, stack)


def execute(cloudformation: CloudFormationClient, planned: Plan) -> Iterator[StackEvent]:
    """Execute a plan and yield what happens until the stack is done; see ``follow``."""
    change_set: Any = {"StackName": planned.stack, "ChangeSetName": planned.name}
    yield from follow(
        cloudformation,
        planned.stack,
        lambda: cloudformation.execute_change_set(**change_set),
    )


def delete(cloudformation: CloudFormationClient, stack: str) -> Iterator[StackEvent]:
    """Delete a stack and yield what happens until it is gone; see ``follow``."""
    stack_id = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    yield from follow(
        cloudformation, stack_id, lambda: cloudformation.delete_stack(StackName=stack_id)
    )


def follow(
    cloudformation: CloudFormationClient, stack: str, begin: Callable[[], object]
) -> Iterator[StackEvent]:
    """Begin something with a stack, and yield its events, oldest first, until it rests.

    Raises:
        StackError: It rests in a state that nobody wanted; the first failure is the reason.
    """
    seen = {event["EventId"] for event in events(cloudformation, stack)}
    begin()
    first_failure: StackEvent | None = None
    while True:
        # Status before events: what happened up to the final status is then always shown.
        now = status(cloudformation, stack)
        for event in events(cloudformation, stack):
            if event["EventId"] not in seen:
                seen.add(event["EventId"])
                told = StackEvent(
                    logical_id=event["LogicalResourceId"],
                    resource_type=event["ResourceType"],
                    status=event["ResourceStatus"],
                    reason=event.get("ResourceStatusReason", ""),
                )
                first_failure = first_failure or (told if told.is_failure else None)
                yield told
        if now in (None, "CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"):
            return
        if not now.endswith("_IN_PROGRESS"):
            reason = f"{first_failure.logical_id}: {first_failure.reason}" if first_failure else ""
            raise StackError(f"stack {stack} is {now}; {reason}")
        time.sleep(POLL_SECONDS)


def events(cloudformation: CloudFormationClient, stack: str) -> list[StackEventTypeDef]:
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
    return [event for page in pages for event in page["StackEvents"]][::-1]


def outputs(cloudformation: CloudFormationClient, stack: str) -> dict[str, str]:
    description = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", [])}


def status(cloudformation: CloudFormationClient, stack: str) -> str | None:
    """Return the stack's status, None when there is no such stack."""
    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
