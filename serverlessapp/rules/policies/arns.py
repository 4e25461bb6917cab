"""ARNs: which texts a value can be, and which formats they fit."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from serverlessapp.template import published
from serverlessapp.template.policies import listed
from serverlessapp.template.reading import Template
from serverlessapp.template.values import Kind, Text, Unknown, is_scalar, rendered

ACCOUNT = "123456789012"
SAMPLE = "sample"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-west-2",
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": SAMPLE,
    "AWS::URLSuffix": "amazonaws.com",
}
# Types whose Ref is an ARN (CloudFormation Template Reference, "Return values").
REF_IS_ARN = ("AWS::SNS::Topic", "AWS::IAM::ManagedPolicy", "AWS::SecretsManager::Secret")
TOKEN = re.compile(r"\$\{[^}]*\}|.")  # of a format: a placeholder, or a character
# IAM User Guide, "IAM policy elements: Variables and tags".
VARIABLE = re.compile(r"\$\{[^}]*\}")
# What has no colon and no slash in it. Other parts of ARNs may have both: roles have paths.
PLAIN = ("${Partition}", "${Region}", "${Account}", "${BucketName}")


def texts(template: Template, value: Any, unknown: str = "*") -> Iterator[str]:
    """Yield the texts that an item or a list of items can be, with sample names in them.

    ``unknown`` stands for what only a stack knows.
    """

    def fill(hole: Unknown) -> Iterator[str]:
        yield sample(template, hole) or unknown

    for item, _ in listed(value):
        if is_scalar(item) or isinstance(item, Text | Unknown):
            yield from rendered(item, fill)


def sample(template: Template, hole: Unknown) -> str | None:
    """Return a plausible value; None where nobody can know what it looks like."""
    if hole.kind is Kind.PSEUDO:
        return PSEUDO.get(hole.name)
    resource_type = template.section("Resources").get(hole.name, {}).get("Type", "")
    if hole.kind is Kind.RESOURCE:
        return sample_arn(resource_type) if resource_type in REF_IS_ARN else SAMPLE
    is_secret = (resource_type, hole.attribute) == ("AWS::SecretsManager::Secret", "Id")
    if hole.kind is Kind.ATTRIBUTE and (hole.attribute == "Arn" or is_secret):
        return sample_arn(resource_type)
    return None


@cache
def sample_arn(resource_type: str) -> str | None:
    """Return an ARN of a resource of this CloudFormation type; None if IAM has no such resource."""
    try:
        arn = published.arn_of(resource_type)
    except (LookupError, ValueError):
        return None
    for name, value in (("${Partition}", "aws"), ("${Account}", ACCOUNT)):
        arn = arn.replace(name, value)
    return VARIABLE.sub(SAMPLE, arn) + (":*" if resource_type == "AWS::Logs::LogGroup" else "")


@cache
def fits(resource: str, arn_format: str) -> bool:
    """Tell whether a policy's resource, wildcards included, can be an ARN of this format.

    Goes through the resource, and keeps all positions in the format where one can be by then. A
    placeholder stands for any number of characters.
    """
    tokens = TOKEN.findall(arn_format)
    reached = {0}
    for character in VARIABLE.sub("*", resource):
        reached = skipped(tokens, reached)
        if character == "*":
            reached = set(range(min(reached), len(tokens) + 1))
            continue
        reached = {
            place if len(tokens[place]) > 1 else place + 1
            for place in reached - {len(tokens)}
            if takes(tokens[place], character)
        }
        if not reached:
            return False
    return len(tokens) in skipped(tokens, reached)


def takes(token: str, character: str) -> bool:
    """Tell whether a token of a format can stand for a character, or for any with ``?``."""
    if len(token) > 1:
        return token not in PLAIN or character not in ":/"
    return character in (token, "?")


def skipped(tokens: list[str], places: set[int]) -> set[int]:
    """Return the places, and those behind the placeholders there: they may be empty."""
    reached = set(places)
    for place in sorted(places):
        while place < len(tokens) and len(tokens[place]) > 1:
            place += 1
            reached.add(place)
    return reached
