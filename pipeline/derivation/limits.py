"""Derives the application's boundary: what the template grants roles, wherever its stack is."""

from collections import defaultdict
from collections.abc import Iterator

from generators.render import GenerationError
from pipeline.derivation import names, needs
from pipeline.derivation.names import PlannedStack
from pipeline.derivation.scopes import Condition, Scope
from pipeline.derivation.statements import Granted
from serverlessapp.template import policies
from serverlessapp.template.policies import PolicyKind, Statement


class LimitError(GenerationError):
    """A permission cannot be limited; the message says what to change."""


def derive(*stacks: PlannedStack) -> Granted:
    """Return every action that roles of the stacks are granted, and where.

    Raises:
        LimitError: A resource is given in a way that says nothing before there is a stack.
    """
    granted: dict[str, set[Scope]] = defaultdict(set)
    for stack in stacks:
        for statement in of_roles(stack):
            scope = Scope(resources(stack, statement), tuple(through(stack, statement)))
            for action, _ in statement.listed("Action"):
                granted[action].add(scope)
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
    try:
        return tuple(
            arn
            for resource, _ in statement.listed("Resource")
            for arn in names.arns_named(stack, resource)
        )
    except LookupError as error:
        raise LimitError(
            f"no limit can be derived from the resource {error}; give it by GetAtt, by Ref of a "
            "resource, or by Sub with the resource's ARN at its beginning"
        ) from error


def through(stack: PlannedStack, statement: Statement) -> Iterator[Condition]:
    """Yield the conditions that a key is used through the same services, in any Region."""
    for value in needs.values(statement.content, "Condition.StringEquals.kms:ViaService"):
        for service, _ in policies.listed(value):
            for text in names.texts(stack, service):
                yield "StringLike", "kms:ViaService", text
