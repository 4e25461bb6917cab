"""What is known of a stack before an update, and after it."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.loops import written_out
from serverlessapp.template.parameters import SSM, defaults, referred
from serverlessapp.template.reading import Template
from serverlessapp.template.structure import check
from serverlessapp.template.values import Kind, Unknown

# Values of parameters by name, as CloudFormation is given them; None where nobody knows one.
Texts = Mapping[str, str | None]
NOTHING: Mapping[str, str] = MappingProxyType({})


def evaluations(
    before: Template,
    after: Template,
    values: Texts | None,
    given: Mapping[str, str] | None = None,
    resolved: Mapping[str, str] = NOTHING,
) -> tuple[Evaluation, Evaluation]:
    """Return both templates, with what is known about the stack: see ``comparison.compare``.

    An update resolves parameters of SSM again, which is no change of the template's.
    """
    if values is None:
        return evaluation(before, {}, {}), evaluation(after, {}, {})
    old = {**defaults(before.entries("Parameters")), **values}
    new = {**carried(after, old, before), **(given or {})}
    kept = {name: text for name, text in resolved.items() if new.get(name) == old.get(name)}
    return evaluation(before, old, resolved), evaluation(after, new, kept)


def evaluation(template: Template, texts: Texts, resolved: Mapping[str, str]) -> Evaluation:
    """Return a template with what is known, its loops written out."""
    forms = template.entries("Parameters")
    known = {name: text for name, text in texts.items() if name in forms and text is not None}
    given = referred(template.content, known, resolved)
    for name, text in known.items():
        kind = str(forms[name].get("Type"))
        if kind.startswith(SSM):  # the same key is the same value, whatever that is
            given.setdefault(name, Unknown(Kind.DYNAMIC, f"ssm:{text}"))
    with_loops = Evaluation(template=template, given=given)
    written = written_out(with_loops, once=True)
    check(written)
    return replace(with_loops, template=written)


def carried(template: Template, values: Texts, old_template: Template) -> dict[str, str | None]:
    """Return the parameters' values after an update that keeps those the stack has.

    A new parameter has its default; without one, its value is not known.
    """
    old, new = old_template.entries("Parameters"), template.entries("Parameters")
    kept = {name: values[name] for name in old.keys() & new.keys() & values.keys()}
    return {**defaults(new), **kept}
