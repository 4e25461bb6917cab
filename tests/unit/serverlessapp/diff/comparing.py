"""Comparisons of templates that a test has as objects."""

from typing import Any

from serverlessapp.diff import comparison
from serverlessapp.diff.model import Comparison, ResourceChange, Risk
from serverlessapp.diff.resources import Changes
from serverlessapp.diff.stack import evaluations
from serverlessapp.template.reading import Template

TemplateDict = dict[str, Any]


def compare(before: TemplateDict, after: TemplateDict, *args: Any, **kwargs: Any) -> Comparison:
    old, new = Template(content=before), Template(content=after)
    return comparison.compare("x", old, new, *args, **kwargs)


def change_set(
    before: TemplateDict, after: TemplateDict, values: dict[str, str | None]
) -> dict[str, ResourceChange]:
    old, new = evaluations(Template(content=before), Template(content=after), values)
    return Changes(old, new, comparison.Cautious(), listed=True).all()


def risk(compared: Comparison) -> Risk:
    return max((finding.risk for finding in compared.findings), default=Risk.SAFE)
