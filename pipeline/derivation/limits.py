"""Derives the application's boundary: what the template grants roles, wherever its stack is."""

import re
from collections.abc import Iterator
from typing import Any

from awacs import aws
from awacs.aws import Action, Allow, Statement
from troposphere import Sub

from generators.render import GenerationError
from pipeline.derivation import names, needs
from pipeline.derivation.names import Template

# What is known of every stack; the Region is not.
KEPT = ("AWS::Partition", "AWS::AccountId", "AWS::URLSuffix", "EnvironmentSuffix")
ANYTHING = re.compile(r"[*]+")
OF_RESOURCE = re.compile(r"^\$\{(\w+)\.\w+\}")


class LimitError(GenerationError):
    """A permission cannot be limited; the message says what to change."""


def statements(template: Template, stack: str) -> list[Statement]:
    """Return statements that allow what roles of the template are granted, and nothing else.

    Args:
        template: The application's template, as JSON has it.
        stack: The name its stack will have, for ``Sub``.
    """
    return [
        Statement(
            Sid=statement["Sid"],
            Effect=Allow,
            Action=[Action(*action.split(":")) for action in statement["Action"]],
            Resource=[Sub(arn) for arn in resources(template, stack, statement["Resource"])],
        )
        for statement in of_roles(template)
    ] + [through_key(statement) for statement in of_keys(template)]


def of_roles(template: Template) -> Iterator[Any]:
    """Yield the statements of each role's policies."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Policy":
            yield from expanded(properties["PolicyDocument"]["Statement"])
        elif resource["Type"] == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                yield from expanded(policy["PolicyDocument"]["Statement"])


def of_keys(template: Template) -> Iterator[Any]:
    """Yield the statements by which a key lets a role of the template use it.

    A role's boundary limits also what a resource grants it (IAM User Guide, "Permissions boundaries
    for IAM entities", about resource-based policies that name the role).
    """
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::KMS::Key":
            for statement in resource["Properties"]["KeyPolicy"]["Statement"]:
                principal = statement["Principal"].get("AWS")
                if isinstance(principal, dict) and "Fn::GetAtt" in principal:
                    yield statement


def expanded(statements: Any) -> Iterator[Any]:
    """Yield statements; one that depends on a condition as well."""
    for statement in statements:
        yield from needs.values(statement, "")


def resources(template: Template, stack: str, values: list[Any]) -> list[str]:
    """Return ARN patterns for what a statement is about.

    Raises:
        LimitError: A resource is given in a way that says nothing before there is a stack.
    """
    found: dict[str, None] = {}  # in order, each once
    for value in values:
        for branch in needs.values(value, ""):
            found |= dict.fromkeys(patterns(template, stack, branch))
    return list(found)


def patterns(template: Template, stack: str, value: Any) -> Iterator[str]:
    """Yield the ARN patterns that one expression stands for."""
    if isinstance(value, str):
        yield value
    elif "Fn::GetAtt" in value:
        yield from names.arns_of(template, stack, value["Fn::GetAtt"][0])
    elif value.get("Ref") in template["Resources"]:
        yield from names.arns_of(template, stack, value["Ref"])
    elif isinstance(value.get("Fn::Sub"), str):
        text: str = value["Fn::Sub"]
        titles = OF_RESOURCE.findall(text)
        starts = names.arns_of(template, stack, titles[0]) if titles else ("",)
        rest = text.partition("}")[2] if titles else text
        rest = names.PLACEHOLDER.sub(lambda name: name[0] if name[1] in KEPT else "*", rest)
        yield from (ANYTHING.sub("*", start + rest) for start in starts)
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
        Resource=[Sub(arn) for arn in names.arns("AWS::KMS::Key", iter("*"))],
        Condition=aws.Condition([aws.StringLike({"kms:ViaService": anywhere})]),
    )
