"""Derives the application's boundary: what the template grants roles, wherever its stack is."""

from collections.abc import Iterable, Iterator
from typing import Any

from awacs import aws
from awacs.aws import Action, Allow, Condition
from awacs.aws import Statement as Allowed
from troposphere import Sub

from generators.render import GenerationError
from pipeline.derivation import names, needs
from pipeline.derivation.names import PlannedStack
from serverlessapp.template import policies
from serverlessapp.template.policies import PolicyKind, Statement


class LimitError(GenerationError):
    """A permission cannot be limited; the message says what to change."""


def statements(stack: PlannedStack) -> list[Allowed]:
    """Return statements that allow what roles of the stack are granted, and nothing else."""
    return [allowed(stack, statement) for statement in of_roles(stack)]


def allowed(stack: PlannedStack, statement: Statement) -> Allowed:
    """Return a statement that allows the same, wherever the stack is."""
    return Allowed(
        Sid=statement.sid,
        Effect=Allow,
        Action=[Action(*action.split(":")) for action, _ in statement.listed("Action")],
        Resource=[Sub(arn) for arn in resources(stack, statement)],
        **through(stack, statement),
    )


def of_roles(stack: PlannedStack) -> Iterator[Statement]:
    """Yield the statements of each role's policies."""
    for resource in stack.resources.values():
        for statement in policies.statements(resource):
            if statement.kind is PolicyKind.IDENTITY:
                yield statement


def resources(stack: PlannedStack, statement: Statement) -> Iterable[str]:
    """Return ARN patterns for what a statement is about, in order, each once.

    Raises:
        LimitError: A resource is given in a way that says nothing before there is a stack.
    """
    try:
        return dict.fromkeys(
            arn
            for resource, _ in statement.listed("Resource")
            for arn in names.arns_named(stack, resource)
        )
    except LookupError as error:
        raise LimitError(
            f"no limit can be derived from the resource {error}; give it by GetAtt, by Ref of a "
            "resource, or by Sub with the resource's ARN at its beginning"
        ) from error


def through(stack: PlannedStack, statement: Statement) -> dict[str, Any]:
    """Return the condition that a key is used through the same services, in any Region."""
    services = [
        Sub(text)
        for value in needs.values(statement.content, "Condition.StringEquals.kms:ViaService")
        for service, _ in policies.listed(value)
        for text in names.texts(stack, service)
    ]
    via = aws.StringLike({"kms:ViaService": services})
    return {"Condition": Condition([via])} if services else {}
