"""Derives the application's boundary: what the template grants roles, wherever its stack is."""

from collections.abc import Iterator
from typing import Any

from awacs import aws
from awacs.aws import Action, Allow, Statement
from troposphere import Sub

from generators.render import GenerationError
from pipeline.derivation import names, needs
from pipeline.derivation.names import Stack


class LimitError(GenerationError):
    """A permission cannot be limited; the message says what to change."""


def statements(stack: Stack) -> list[Statement]:
    """Return statements that allow what roles of the stack are granted, and nothing else."""
    return [
        Statement(
            Sid=statement["Sid"],
            Effect=Allow,
            Action=[Action(*action.split(":")) for action in statement["Action"]],
            Resource=[Sub(arn) for arn in resources(stack, statement["Resource"])],
        )
        for statement in of_roles(stack)
    ] + [through_key(statement) for statement in of_keys(stack)]


def of_roles(stack: Stack) -> Iterator[Any]:
    """Yield the statements of each role's policies."""
    for title in stack.template["Resources"]:
        properties = stack.properties(title)
        if stack.kind(title) == "AWS::IAM::Policy":
            yield from expanded(properties["PolicyDocument"]["Statement"])
        elif stack.kind(title) == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                yield from expanded(policy["PolicyDocument"]["Statement"])


def of_keys(stack: Stack) -> Iterator[Any]:
    """Yield the statements by which a key lets a role of the stack use it.

    A role's boundary limits also what a resource grants it (IAM User Guide, "Permissions boundaries
    for IAM entities", about resource-based policies that name the role).
    """
    for title in stack.template["Resources"]:
        if stack.kind(title) == "AWS::KMS::Key":
            for statement in stack.properties(title)["KeyPolicy"]["Statement"]:
                principal = statement["Principal"].get("AWS")
                if isinstance(principal, dict) and "Fn::GetAtt" in principal:
                    yield statement


def expanded(statements: Any) -> Iterator[Any]:
    """Yield statements; one that depends on a condition as well."""
    for statement in statements:
        yield from needs.values(statement, "")


def resources(stack: Stack, values: list[Any]) -> list[str]:
    """Return ARN patterns for what a statement is about.

    Raises:
        LimitError: A resource is given in a way that says nothing before there is a stack.
    """
    known: dict[str, None] = {}  # in order, each once
    for value in values:
        for branch in needs.values(value, ""):
            known |= dict.fromkeys(patterns(stack, branch))
    return list(known)


def patterns(stack: Stack, value: Any) -> Iterator[str]:
    """Yield the ARN patterns that one expression stands for."""
    if isinstance(value, str):
        yield value
    elif "Fn::GetAtt" in value:
        yield from names.arns_of(stack, value["Fn::GetAtt"][0])
    elif value.get("Ref") in stack.template["Resources"]:
        yield from names.arns_of(stack, value["Ref"])
    elif isinstance(value.get("Fn::Sub"), str):
        yield from names.texts(stack, value)
    else:
        raise LimitError(
            f"no limit can be derived from the resource {value}; give it by GetAtt, by Ref of a "
            "resource, or by Sub with the resource's ARN at its beginning"
        )


def through_key(statement: Any) -> Statement:
    """Return what a key's policy grants a role, for any key, through the same services anywhere."""
    services = statement["Condition"]["StringEquals"]["kms:ViaService"]
    anywhere = [Sub(value["Fn::Sub"].replace("${AWS::Region}", "*")) for value in services]
    return Statement(
        Sid=statement["Sid"],
        Effect=Allow,
        Action=[Action(*action.split(":")) for action in statement["Action"]],
        Resource=[Sub(arn) for arn in names.arns("AWS::KMS::Key", "*")],
        Condition=aws.Condition([aws.StringLike({"kms:ViaService": anywhere})]),
    )
