"""Compares two templates, every part of them."""

from collections.abc import Iterator, Mapping

from serverlessapp.diff import access, keeping, outcomes, outputs, parameters, resources
from serverlessapp.diff.model import (
    Bump,
    Comparison,
    ComparisonError,
    Finding,
    ResourceChange,
    Template,
    breaking,
    harmless,
)
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template import evaluation as evaluating
from serverlessapp.template import reading
from serverlessapp.template.first_evaluation import Evaluation, carried, defaults
from serverlessapp.template.parameters import referred

TEXTS = ("AWSTemplateFormatVersion", "Description", "Metadata")


def compare(
    name: str,
    before: Template,
    after: Template,
    values: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Comparison:
    """Return everything that changes between two templates.

    Args:
        name: What to call them.
        before: The template a stack has.
        after: The one it gets.
        values: The stack's parameters; those left out have their defaults. Without, the result
            holds for any stack; what depends on parameters is then taken as if it might happen.
        given: Values that the update gives; the other parameters keep theirs.

    Raises:
        ComparisonError: An intrinsic function is written in a way that has no meaning.
    """
    try:
        old, new = evaluations(before, after, values, given)
        evaluated = tuple(map(again, (old, new)))
        expected = {} if values is None else change_set(before, after, values, given=given)
        changes = resources.changes(old, new, Reaction())
        findings = [
            *outcomes.findings(old, new, changes),
            *access.findings(*evaluated),
            *keeping.findings(*evaluated),
            *parameters.findings(before, after),
            *outputs.findings(old, new),
            *others(before, after),
        ]
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise ComparisonError(f"{name} is not a template CloudFormation takes: {error}") from error
    order = sorted(
        set(findings),
        key=lambda finding: (-finding.risk, finding.kind, finding.subject, finding.text),
    )
    return Comparison(template=name, findings=tuple(order), change_set=tuple(expected.values()))


def change_set(
    before: Template,
    after: Template,
    values: Mapping[str, str],
    reaction: Reaction | None = None,
    *,
    given: Mapping[str, str] | None = None,
) -> dict[str, ResourceChange]:
    """Return what a change set would say about a stack, by logical ID.

    It lists more than will change: what refers to an attribute of a resource that changes is
    evaluated again, and CloudFormation cannot tell the result before (``Conditional``).
    """
    old, new = evaluations(before, after, values, given)
    return resources.changes(old, new, reaction or Cautious())


class Cautious(Reaction):
    """What the schemas say, as cautious as CloudFormation: any attribute may change."""

    def keeps(self, resource_type: str, attribute: str) -> bool:  # noqa: ARG002
        """Return False."""
        return False


def evaluations(
    before: Template,
    after: Template,
    values: Mapping[str, str] | None,
    given: Mapping[str, str] | None = None,
) -> tuple[Evaluation, Evaluation]:
    """Return both templates, with what is known about the stack."""
    if values is None:
        return Evaluation(template=before), Evaluation(template=after)
    known = {**defaults(before), **values}
    return (
        Evaluation(template=before, values=known),
        Evaluation(template=after, values={**carried(after, known, before), **(given or {})}),
    )


def again(evaluation: Evaluation) -> evaluating.Evaluation:
    """Return what the reader of all templates makes of the same template and parameters."""
    template = evaluation.template
    known = referred(template, evaluation.values)
    return evaluating.Evaluation(template=reading.Template(content=dict(template)), given=known)


def others(before: Template, after: Template) -> Iterator[Finding]:
    """Yield findings about sections that are no resources, parameters or outputs."""
    if before.get("Transform") != after.get("Transform"):
        text = "macros rewrite the template: nothing here holds for what they make of it"
        yield breaking("Transform", "macro", text)
    old, new = before.get("Rules", {}), after.get("Rules", {})
    for name in {**old, **new}:
        if name not in new:
            yield harmless(name, "rule removed", "", Bump.MINOR)
        elif old.get(name) != new[name]:
            kind = "rule changed" if name in old else "rule added"
            yield breaking(name, kind, "values that a stack has may be refused")
    for name in TEXTS:
        if before.get(name) != after.get(name):
            yield harmless(name, "text", "it says something else", Bump.PATCH)
