"""ARNs: what a template's expressions stand for, and which formats they fit."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from serverlessapp.rules.policies.templates import Template, alternatives
from serverlessapp.template import published

ACCOUNT = "123456789012"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-west-2",
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}
SAMPLE = "sample"
UNKNOWN = "?"  # only the user of the stack knows

# Types whose Ref is an ARN (AWS CloudFormation Template Reference, "Return values").
REF_IS_ARN = ("AWS::SNS::Topic", "AWS::IAM::ManagedPolicy", "AWS::SecretsManager::Secret")
ARN_ATTRIBUTES = re.compile(r"Arn$|^Id$")  # a secret's Id is its ARN
PLACEHOLDER = re.compile(r"\$\{[^}]*\}")

Tokens = tuple[str, ...]


def texts(template: Template, value: Any) -> Iterator[str]:
    """Yield the strings that an expression can stand for, with sample names in them."""
    for item in alternatives(value):
        if isinstance(item, str):
            yield item
        elif "Ref" in item:
            yield referred(template, item["Ref"])
        elif "Fn::GetAtt" in item:
            yield attribute(template, *item["Fn::GetAtt"])
        elif "Fn::Sub" in item:
            yield substituted(template, item["Fn::Sub"])
        elif "Fn::Join" in item:
            glue, parts = item["Fn::Join"]
            yield glue.join(next(texts(template, part)) for part in parts)
        else:
            yield SAMPLE  # Select, FindInMap and the like: parts of names


def referred(template: Template, name: str) -> str:
    """Return what ``Ref`` gives."""
    if name in template.content.get("Parameters", {}):
        return UNKNOWN
    if name not in template.resources:
        return PSEUDO.get(name, SAMPLE)
    kind = template.resources[name]["Type"]
    return sample_arn(kind) if kind in REF_IS_ARN else SAMPLE


def attribute(template: Template, name: str, attribute_name: str) -> str:
    """Return what ``Fn::GetAtt`` gives."""
    if ARN_ATTRIBUTES.search(attribute_name):
        return sample_arn(template.resources[name]["Type"])
    return SAMPLE


def substituted(template: Template, value: Any) -> str:
    """Return what ``Fn::Sub`` gives."""
    pattern, variables = value if isinstance(value, list) else (value, {})

    def replaced(match: re.Match[str]) -> str:
        name = match[0][2:-1]
        if name in variables:
            return next(texts(template, variables[name]))
        if "." in name:
            return attribute(template, *name.split(".", 1))
        return referred(template, name).replace(UNKNOWN, SAMPLE)

    return PLACEHOLDER.sub(replaced, pattern)


@cache
def sample_arn(resource_type: str) -> str:
    """Return an ARN of a resource of this CloudFormation type.

    Raises:
        LookupError: The IAM data knows no such resource.
    """
    arn = published.arn_of(resource_type)
    for name, value in (("${Partition}", "aws"), ("${Account}", ACCOUNT)):
        arn = arn.replace(name, value)
    return PLACEHOLDER.sub(SAMPLE, arn) + (":*" if resource_type == "AWS::Logs::LogGroup" else "")


def fits(resource: str, arn_format: str) -> bool:
    """Tell whether a policy's resource, wildcards included, can be an ARN of this format.

    A placeholder of the format stands for anything without a colon or slash; the last one also
    for those, because names of objects and roles have paths, but names of buckets have not.
    """
    parts = re.split(r"(\$\{[^}]*\})", arn_format)
    tokens: list[str] = []
    for position, part in enumerate(parts):
        if part.startswith("${"):
            is_last = position == len(parts) - 2 and not parts[-1]
            tokens.append("path" if is_last and part != "${BucketName}" else "name")
        else:
            tokens.extend(part)
    return meet(tuple(resource), tuple(tokens))


@cache
def meet(resource: Tokens, pattern: Tokens) -> bool:
    """Tell whether some text matches both, character by character."""
    if not resource and not pattern:
        return True
    if resource and resource[0] == "*":
        return meet(resource[1:], pattern) or bool(pattern and meet(resource, pattern[1:]))
    if pattern and pattern[0] in ("name", "path"):
        taken = resource and (pattern[0] == "path" or resource[0] not in ":/")
        return meet(resource, pattern[1:]) or bool(taken and meet(resource[1:], pattern))
    return bool(resource and pattern) and (
        resource[0] == pattern[0] and meet(resource[1:], pattern[1:])
    )
