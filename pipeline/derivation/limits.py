"""Derives the application's boundary: what the template grants roles, in one environment."""

import re
from collections import defaultdict
from collections.abc import Iterator

from pipeline.derivation import names, needs
from pipeline.derivation.names import PlannedStack
from pipeline.derivation.scopes import Condition, Scope, tagged
from pipeline.derivation.statements import Granted, covers
from serverlessapp.template import policies
from serverlessapp.template.policies import PolicyKind, Statement

# Names that say nothing about the stack: only tags tell these secrets apart (AWS Secrets Manager
# User Guide, "Control access to secrets using attribute-based access control").
SECRET = re.compile(":secret:Secret-")


def derive(*stacks: PlannedStack) -> Granted:
    """Return every action that roles of the stacks are granted, and where.

    Raises:
        LimitError: A resource is given in a way that says nothing before there is a stack.
    """
    granted: dict[str, set[Scope]] = defaultdict(set)
    for stack in stacks:
        for statement in of_roles(stack):
            arns = resources(stack, statement)
            conditions = (*through(stack, statement), *absent(statement))
            for action, _ in statement.listed("Action"):
                secret = tagged(stack, action) if any(map(SECRET.search, arns)) else ()
                granted[action].add(Scope(arns, (*conditions, *secret)))
    return granted


def of_roles(stack: PlannedStack) -> Iterator[Statement]:
    """Yield the statements of each role's policies that grant something."""
    for resource in stack.resources.values():
        for statement in policies.statements(resource):
            grants = statement.content["Effect"] == "Allow"
            if grants and statement.kind is PolicyKind.IDENTITY:
                yield statement


def resources(stack: PlannedStack, statement: Statement) -> tuple[str, ...]:
    """Return ARN patterns for what a statement is about; see ``derive``."""
    return tuple(
        own
        for resource, _ in statement.listed("Resource")
        for arn in names.arns_named(stack, resource)
        for own in apart(stack, arn)
    )


def apart(stack: PlannedStack, arn: str) -> Iterator[str]:
    """Yield a pattern or, if it fits buckets of the stack by a part of their names, theirs.

    An emptier reaches its bucket under each ``EnvironmentSuffix`` that the stack had. Within a
    boundary that is always the same, and other environments' buckets fit such a pattern, too.
    """
    bucket, slash, path = arn.partition("/")
    begin = bucket.partition(":s3:::")[2][:1]
    resources = stack.resources.items()
    buckets = [title for title, each in resources if each.type == "AWS::S3::Bucket"]
    own = {name for title in buckets for name in names.arns_of(stack, title)}
    if bucket in own or begin in ("", "*", "?"):  # any bucket, for what a processor may do
        yield arn
    else:
        inside = sorted(name for name in own if covers(bucket, name))
        yield from (f"{name}{slash}{path}" for name in inside or [bucket])


def through(stack: PlannedStack, statement: Statement) -> Iterator[Condition]:
    """Yield the conditions that a key is used through the same services, in any Region."""
    for value in needs.values(statement.content, "Condition.StringEquals.kms:ViaService"):
        for service, _ in policies.listed(value):
            for text in names.texts(stack, service):
                yield "StringLike", "kms:ViaService", text


def absent(statement: Statement) -> Iterator[Condition]:
    """Yield the conditions on keys that a request must not have, or must."""
    for key, values in statement.content.get("Condition", {}).get("Null", {}).items():
        for value, _ in policies.listed(values):
            yield "Null", key, str(value)
