"""Waits for CloudFormation, and says why there is no stack."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from serverlessapp.operations import stack as stacks
from serverlessapp.template.reading import load
from tests.acceptance.checks.expectations import Broken, wait
from tests.acceptance.checks.subject import Client, Resource, Subject

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

CREATION_SECONDS = 1800.0
CANCELLED = "Resource creation cancelled"  # because another failed


def subject(
    name: str,
    *,
    client: Client,
    parameters: Mapping[str, str],
    seconds: float,
    leave_files: bool,
) -> Subject:
    """Return the stack when it is complete.

    Args:
        name: The stack's name.
        client: Makes clients in its Region.
        parameters: What it was made with.
        seconds: How long each later check may wait.
        leave_files: See ``Subject``.

    Raises:
        Broken: It was not created; the message has the first failure that CloudFormation names.
    """
    cloudformation = client("cloudformation")

    def settled() -> str | None:
        now = status(cloudformation, name)
        return None if now.endswith("_IN_PROGRESS") else now

    state = wait(f"the end of creating {name}", settled, CREATION_SECONDS)
    if state != "CREATE_COMPLETE":
        raise Broken(f"not created ({state}): {first_failure(cloudformation, name)}")
    found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found}
    return Subject(
        stack=stacks.find(cloudformation, name),
        topic=outputs["AlarmTopicArn"],
        resources={one.logical_id: one for one in resources(cloudformation, name)},
        parameters=parameters,
        client=client,
        seconds=seconds,
        leave_files=leave_files,
    )


def status(cloudformation: "CloudFormationClient", name: str) -> str:
    """Return the status of a stack; ``MISSING`` when there is none."""
    try:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return "MISSING"
        raise


def first_failure(cloudformation: "CloudFormationClient", name: str) -> str:
    """Return what failed first and why."""
    try:
        failed = [event for event in events(cloudformation, name) if is_failure(event)]
    except ClientError:
        return "CloudFormation refused to begin; the log of taskcat says why"
    if not failed:
        return "CloudFormation names no resource"
    first = failed[-1]  # they come newest first
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'no reason given')}"


def events(cloudformation: "CloudFormationClient", name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the stack's events, newest first."""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=name):
        yield from page["StackEvents"]


def is_failure(event: Mapping[str, Any]) -> bool:
    """Tell whether this is where something went wrong, rather than a consequence of it."""
    failed = event["ResourceStatus"].endswith("_FAILED")
    return failed and event.get("ResourceStatusReason") != CANCELLED


def resources(cloudformation: "CloudFormationClient", name: str) -> list[Resource]:
    """Return what a stack consists of; also of one that is deleted, by its ID."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return [
        Resource(
            logical_id=one["LogicalResourceId"],
            type=one["ResourceType"],
            name=one["PhysicalResourceId"],
        )
        for page in pages
        for one in page["StackResourceSummaries"]
        if one.get("PhysicalResourceId")
    ]


def kept(cloudformation: "CloudFormationClient", name: str) -> list[str]:
    """Return the logical IDs of what the stack's template says shall outlive it."""
    template: Any = cloudformation.get_template(StackName=name)["TemplateBody"]
    content = load(template) if isinstance(template, str) else template
    return [
        logical_id
        for logical_id, resource in content["Resources"].items()
        if resource.get("DeletionPolicy", "").startswith("Retain")
    ]
