"""Comparisons of templates that a test has as objects."""

from typing import Any

from serverlessapp.diff import comparison
from serverlessapp.diff.model import Comparison, ResourceChange, Risk
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template.reading import Template

TemplateDict = dict[str, Any]


def compare(before: TemplateDict, after: TemplateDict, *args: Any, **kwargs: Any) -> Comparison:
    old, new = Template(content=before), Template(content=after)
    return comparison.compare("x", old, new, *args, **kwargs)


def change_set(
    before: TemplateDict,
    after: TemplateDict,
    values: dict[str, str | None],
    reaction: Reaction | None = None,
) -> dict[str, ResourceChange]:
    old, new = Template(content=before), Template(content=after)
    return comparison.change_set(old, new, values, reaction)


def risk(compared: Comparison) -> Risk:
    return max((finding.risk for finding in compared.findings), default=Risk.SAFE)
