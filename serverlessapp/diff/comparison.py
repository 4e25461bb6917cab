"""Compares two templates, every part of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from serverlessapp.diff import (
    access,
    keeping,
    outcomes,
    outputs,
    parameters,
    security_groups,
    unseen,
)
from serverlessapp.diff.differences import of_resources
from serverlessapp.diff.model import (
    Bump,
    Comparison,
    ComparisonError,
    Finding,
    ResourceChange,
    Risk,
    breaking,
    doubtful,
    harmless,
)
from serverlessapp.diff.outputs import unknown
from serverlessapp.diff.reaction import Reaction
from serverlessapp.diff.resources import Changes, Resources
from serverlessapp.diff.stack import NOTHING, Texts, evaluations
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.formulas import combined
from serverlessapp.template.parameters import defaults
from serverlessapp.template.reading import Template, TemplateError
from serverlessapp.template.values import same

TEXTS = ("AWSTemplateFormatVersion", "Description")


def compare(
    name: str,
    before: Template,
    after: Template,
    values: Texts | None = None,
    given: Mapping[str, str] | None = None,
    resolved: Mapping[str, str] = NOTHING,
    importers: outputs.Importers = unknown,
) -> Comparison:
    """Return everything that changes between two templates.

    Args:
        name: What to call them.
        before: The template a stack has.
        after: The one it gets.
        values: The stack's parameters; those left out have their defaults, None is not known.
            Without, the result holds for any stack; what depends on parameters is then taken as
            if it might happen.
        given: Values that the update gives; the other parameters keep theirs.
        resolved: What the stack's parameters of type ``AWS::SSM::Parameter::Value`` stand for.
        importers: Who imports what the stack exports.

    Raises:
        ComparisonError: An intrinsic function is written in a way that has no meaning.
    """
    try:
        old, new = evaluations(before, after, values, given, resolved)
        changes = Changes(old, new, Reaction())
        happening = changes.all()
        listed = Changes(old, new, Cautious(), listed=True).all() if values is not None else {}
        findings = [
            *outcomes.findings(changes.old, changes.new, happening),
            *of_access_and_data(changes.old, changes.new, happening),
            *parameters.findings(old.template, new.template, given or ()),
            *outputs.findings(old, new, happening, importers),
            *unseen.findings(old, new, happening),
            *others(old, new),
        ]
        if values is None:
            findings += of_defaults(before, after, findings, importers)
    except TemplateError as error:
        raise ComparisonError(f"{name} is not a valid template: {error}") from error
    order = sorted(
        set(findings),
        key=lambda finding: (-finding.risk, finding.kind, finding.subject, finding.text),
    )
    return Comparison(template=name, findings=tuple(order), change_set=tuple(listed.values()))


def of_defaults(
    before: Template, after: Template, known: Iterable[Finding], importers: outputs.Importers
) -> Iterator[Finding]:
    """Yield what happens to a stack that has the old defaults, and gets the new ones.

    Source: CloudFormation API Reference, "Parameter": an update that leaves out a parameter takes
    the default. The console and ``aws cloudformation deploy`` set UsePreviousValue instead.
    """
    old, new = (defaults(side.entries("Parameters")) for side in (before, after))
    given = {name: new[name] for name in old.keys() & new.keys() if old[name] != new[name]}
    if not given:
        return
    values = {name: old[name] if name in given else None for name in old}
    try:
        again = compare("it", before, after, values, given, importers=importers)
    except ComparisonError:  # CloudFormation cannot evaluate it either: no stack has these values
        return
    told = {(finding.subject, finding.kind) for finding in known}
    for finding in again.findings:
        if finding.risk is not Risk.SAFE and (finding.subject, finding.kind) not in told:
            text = f"{finding.text}; if the update takes the new default of a parameter"
            yield doubtful(finding.subject, finding.kind, text)


def of_access_and_data(
    before: Resources, after: Resources, changes: Mapping[str, ResourceChange]
) -> Iterator[Finding]:
    """Yield findings about who may do what with resources, and about how well data is kept."""
    yield from security_groups.findings(before, after)
    equal = {
        title
        for title in before.keys() & after.keys() - changes.keys()
        if before[title].exists == after[title].exists
    }
    old, new = (
        {title: resource for title, resource in side.items() if title not in equal}
        for side in (before, after)
    )
    changed = of_resources(old, new)
    yield from access.findings(old, new, changed)
    yield from keeping.findings(old, new, changed)


class Cautious(Reaction):
    """What the schemas say, as cautious as a change set: any attribute may change.

    It lists more than will change: what refers to an attribute of a resource that changes is
    evaluated again, and CloudFormation cannot tell the result before (``Conditional``).
    """

    def keeps(self, resource_type: str, attribute: str) -> bool:  # noqa: ARG002
        """Return False."""
        return False


def others(before: Evaluation, after: Evaluation) -> Iterator[Finding]:
    """Yield findings about sections that are no resources, parameters or outputs."""
    old, new = rules(before), rules(after)
    for name in {**old, **new}:
        if name not in new:
            yield harmless(name, "rule removed", "", Bump.MINOR)
        elif name not in old or not same(old[name], new[name]):
            kind = "rule changed" if name in old else "rule added"
            yield breaking(name, kind, "existing parameter values may be refused")
    for name in TEXTS:
        if not same(before.template.content.get(name), after.template.content.get(name)):
            yield harmless(name, "text", "its text changes", Bump.PATCH)


def rules(evaluation: Evaluation) -> dict[str, list[Any]]:
    """Return what each rule demands, and when."""
    demands = {}
    for name, rule in evaluation.template.entries("Rules").items():
        asserted = [evaluation.condition(item["Assert"]) for item in rule.get("Assertions", [])]
        when = evaluation.condition(rule.get("RuleCondition", True))
        demands[name] = [when, combined("and", asserted)]
    return demands
