"""What the application template grants, taken apart: statements, grants and guards.

A grant is the smallest thing that can be taken away: an action, one of several resources, or one of
several values of a condition. A guard is the smallest thing that keeps somebody out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from generators.options import IN_VPC, IS_TRACED, SENDS_EVENTS
from serverlessapp.template import policies
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.reading import Template
from serverlessapp.template.values import Kind, Unknown, rendered

ROLE = "AWS::IAM::Role"
TRUST = "Trust"  # the statement that lets a service assume a role has no Sid
# Conditions that keep nobody out whom another would let in: who reads one statement looks for them.
SAID_AGAIN = {
    ("LetTableKeepUsingKey", "kms:GrantIsForAWSResource"),  # kms:ViaService, beside it
    ("DecryptThroughServices", "kms:ViaService"),  # that of UseThroughServices
}
# Type of a resource that is the policy of another -> property that names the other.
POLICIES = {
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::IAM::Policy": "Roles",
}


# What is there for options that are off in the stack under test.
OPTIONS = (SENDS_EVENTS, IN_VPC, IS_TRACED)


class Grant(NamedTuple):
    """Something that can be taken from a statement, so that it allows less.

    Attributes:
        holder: Logical ID of the role or resource whose policy it is in.
        sid: Of the statement.
        part: ``Action``, ``Resource``, or the key of a condition.
        value: The action, or a resource or value as ``text`` writes it.
    """

    holder: str
    sid: str
    part: str
    value: str


class Guard(NamedTuple):
    """Something whose absence would let somebody in.

    Attributes:
        holder: Logical ID of the role or resource whose policy it is in.
        sid: Of the statement.
        part: ``Deny``, ``Resource`` or ``Principal``, or the key of a condition; or ``Action`` for
            an action that is not there.
        value: The resource that a ``Deny`` protects, or that action; empty otherwise.
    """

    holder: str
    sid: str
    part: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of the template, with the logical ID of whose policy it is in."""

    holder: str
    content: Mapping[str, Any]

    @property
    def sid(self) -> str:
        return str(self.content.get("Sid", TRUST))

    @property
    def allows(self) -> bool:
        return bool(self.content["Effect"] == "Allow")

    @property
    def conditions(self) -> dict[str, list[str]]:
        """Values by condition key, whatever the operator."""
        blocks = self.content.get("Condition", {}).values()
        return {key: texts(values) for block in blocks for key, values in block.items()}

    @property
    def resources(self) -> list[str]:
        return texts(self.content.get("Resource", []))

    @property
    def actions(self) -> list[str]:
        return texts(self.content.get("Action", []))

    def grants(self) -> Iterator[Grant]:
        for action in self.actions:
            yield Grant(self.holder, self.sid, "Action", action)
        several = {"Resource": self.resources, **self.conditions}
        for part, values in several.items():
            if len(values) > 1:
                yield from (Grant(self.holder, self.sid, part, value) for value in values)

    def guards(self) -> Iterator[Guard]:
        if not self.allows:
            yield from (Guard(self.holder, self.sid, "Deny", each) for each in self.resources)
            return
        for key in self.conditions:
            if (self.sid, key) not in SAID_AGAIN:
                yield Guard(self.holder, self.sid, key)
        if self.sid == TRUST:
            yield Guard(self.holder, self.sid, "Principal")
        elif self.resources not in ([self.holder], ["*"]):  # not simply what carries the policy
            yield Guard(self.holder, self.sid, "Resource")


def statements(template: Mapping[str, Any]) -> list[Statement]:
    """Return every statement of every policy of a template, in its order, but those of options.

    What pipes may do, tests/integration/test_completion_events.py proves.
    """
    evaluation = Evaluation(template=Template(content=dict(template)))
    return [
        Statement(holder=holder, content=statement.content)
        for resource in evaluation.resources()
        if template["Resources"][resource.title].get("Condition") not in OPTIONS
        for holder in holders(resource)
        for statement in policies.statements(resource)
    ]


def holders(resource: Resource) -> list[str]:
    """Return whose the policies of a resource are: its own, or those of what it names."""
    if resource.type in POLICIES:
        return texts(resource.properties[POLICIES[resource.type]])
    return [resource.title]


def texts(values: Any) -> list[str]:
    """Return one value of a template, or each of several, as text."""
    return [text(value) for value in (values if isinstance(values, list) else [values])]


def text(value: Any) -> str:
    """Return a value of a template as a reader would write it: ``UploadBucket/{UploadPrefix}*``."""
    if isinstance(value, Unknown):
        return value.name
    texts = rendered(value, lambda hole: ["*" if hole.kind is Kind.FUNCTION else str(hole)])
    plain = " or ".join(texts)
    # The upload bucket, by the name that is known before it exists, or with any suffix.
    plain = re.sub(r"arn:\S+:::serverlessapp-(\$\{EnvironmentSuffix}|\*)-\*", "UploadBucket", plain)
    plain = re.sub(r"\.\$\{AWS::Region}\.\$\{AWS::URLSuffix}", "", plain)
    plain = re.sub(r"\$\{(\w+)\.Arn}", r"\1", plain)
    return re.sub(r"\$\{([\w:]+)}", r"{\1}", plain)
