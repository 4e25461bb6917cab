"""Derives the application's boundary: what the template grants roles, wherever its stack is."""

from collections.abc import Iterable, Iterator

from awacs import aws
from awacs.aws import Action, Allow, Condition
from awacs.aws import Statement as Allowed
from troposphere import Sub

from generators.render import GenerationError
from pipeline.derivation import names, needs
from pipeline.derivation.names import PlannedStack
from serverlessapp.template import policies
from serverlessapp.template.policies import PolicyKind, Statement
from serverlessapp.template.values import Kind, Unknown


class LimitError(GenerationError):
    """A permission cannot be limited; the message says what to change."""


def statements(stack: PlannedStack) -> list[Allowed]:
    """Return statements that allow what roles of the stack are granted, and nothing else."""
    return [
        *(allowed(statement, resources(stack, statement)) for statement in of_roles(stack)),
        *(through_key(stack, statement) for statement in of_keys(stack)),
    ]


def allowed(statement: Statement, arns: Iterable[str]) -> Allowed:
    """Return a statement that allows the same actions on some resources."""
    return Allowed(
        Sid=statement.sid,
        Effect=Allow,
        Action=[Action(*action.split(":")) for action, _ in statement.listed("Action")],
        Resource=[Sub(arn) for arn in arns],
    )


def of_roles(stack: PlannedStack) -> Iterator[Statement]:
    """Yield the statements of each role's policies."""
    for resource in stack.resources.values():
        for statement in policies.statements(resource):
            if statement.kind is PolicyKind.IDENTITY:
                yield statement


def of_keys(stack: PlannedStack) -> Iterator[Statement]:
    """Yield the statements by which a key lets a role of the stack use it.

    A role's boundary limits also what a resource grants it (IAM User Guide, "Permissions boundaries
    for IAM entities", about resource-based policies that name the role).
    """
    for resource in stack.resources.values():
        if resource.type == "AWS::KMS::Key":
            for statement in policies.statements(resource):
                for principal in needs.values(statement.content, "Principal.AWS"):
                    if isinstance(principal, Unknown) and principal.kind is Kind.ATTRIBUTE:
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


def through_key(stack: PlannedStack, statement: Statement) -> Allowed:
    """Return what a key's policy grants a role, for any key, through the same services anywhere."""
    services = needs.values(statement.content, "Condition.StringEquals")
    anywhere = [
        Sub(text)
        for keys in services
        for service, _ in policies.listed(keys["kms:ViaService"])
        for text in names.texts(stack, service)
    ]
    through = allowed(statement, names.arns("AWS::KMS::Key", "*"))
    through.Condition = Condition([aws.StringLike({"kms:ViaService": anywhere})])
    return through
