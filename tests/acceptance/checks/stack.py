"""A stack as CloudFormation tells of it: until it is complete, and after it was deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from serverlessapp.aws import Client, describe
from serverlessapp.clients import CloudFormationClient, StackEventTypeDef
from serverlessapp.errors import OperatorError
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.processors.definition import FIRST, Processor
from tests.acceptance.checks.expectations import wait

SETTLE_SECONDS = 1800.0
MISSING = "MISSING"  # instead of a status, where there is no stack
CANCELLED = "Resource creation cancelled"  # because another failed


@dataclass(frozen=True, kw_only=True)
class StackResource:
    """A resource of a stack; its type as in ``AWS::S3::Bucket``."""

    logical_id: str
    type: str
    physical_id: str


@dataclass(frozen=True, kw_only=True)
class StackUnderTest:
    """A complete stack and what it was made with."""

    outputs: Stack  # what the operator's commands know of it
    processors: Mapping[str, Processor]  # those that are in its template, by name
    resources: list[StackResource]  # what it consists of
    parameters: Mapping[str, str]  # what it was made with, defaults included
    client: Client = field(repr=False)  # makes a client of a service, in the stack's Region
    seconds: float  # how long anything may take to happen
    # Version IDs by key, of what the checks uploaded.
    uploaded: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """ID of the stack's own KMS key; empty when AWS manages the keys."""
        return next(iter(self.physical_ids("AWS::KMS::Key")), "")

    @property
    def topic(self) -> str:
        """ARN of the alarm topic."""
        (arn,) = self.physical_ids("AWS::SNS::Topic")
        return arn

    def handler(self, lane: StackLane) -> str:
        """Return ``module:function`` of what a lane runs."""
        own = self.processors[lane.processor].handler
        return self.parameters["Processor"] if lane.processor == FIRST else own

    def runs_own(self, lane: StackLane) -> bool:
        """Tell whether a lane runs its own processor, and no package that came instead."""
        return self.handler(lane) == self.processors[lane.processor].handler

    def physical_ids(self, kind: str) -> list[str]:
        return [resource.physical_id for resource in self.resources if resource.type == kind]


def settled(cloudformation: CloudFormationClient, stack: str) -> Mapping[str, Any]:
    """Return what CloudFormation says of a stack, by name or ID, once nothing happens to it.

    Raises:
        Broken: Something happens to it for too long.
    """

    def look() -> Mapping[str, Any] | None:
        try:
            description = describe(cloudformation, stack)
        except OperatorError:
            return {"StackId": "", "StackStatus": MISSING}
        return None if description["StackStatus"].endswith("_IN_PROGRESS") else description

    return wait(look, SETTLE_SECONDS, lambda: f"{stack}: still busy after {SETTLE_SECONDS:.0f} s")


def events(cloudformation: CloudFormationClient, stack_id: str) -> list[StackEventTypeDef]:
    """Return the events of a stack, oldest first; CloudFormation keeps those of deleted ones."""
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    return [event for page in pages for event in page["StackEvents"]][::-1]


def first_failure(cloudformation: CloudFormationClient, stack_id: str) -> str:
    for event in events(cloudformation, stack_id):
        reason = event.get("ResourceStatusReason", "no reason given")
        if event["ResourceStatus"].endswith("_FAILED") and reason != CANCELLED:
            return f"{event['LogicalResourceId']}: {reason}"
    return "CloudFormation names no resource"


def resources(cloudformation: CloudFormationClient, stack_id: str) -> list[StackResource]:
    """Return what a stack has or had."""
    by_logical_id = {
        event["LogicalResourceId"]: StackResource(
            logical_id=event["LogicalResourceId"],
            type=event["ResourceType"],
            physical_id=event["PhysicalResourceId"],
        )
        for event in events(cloudformation, stack_id)
        if event.get("PhysicalResourceId")
    }
    return list(by_logical_id.values())
