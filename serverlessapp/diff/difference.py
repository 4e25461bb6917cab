"""Compares all templates of two versions."""

from collections.abc import Mapping

from serverlessapp.diff.comparison import compare
from serverlessapp.diff.model import (
    Bump,
    Comparison,
    ComparisonError,
    Difference,
    breaking,
    harmless,
)
from serverlessapp.diff.sources import Source
from serverlessapp.template.reading import Template
from serverlessapp.template.values import canonical

ALIKE = 1 / 4  # of all resources of two templates, by name and type, that resemble each other


def difference(before: Source, after: Source, template: str = "") -> Difference:
    """Return what changes from one version, file or stack to another.

    Of one template only, if it is named, or else if one side is a single file or stack: then it is
    the one that resembles it most.

    Raises:
        ComparisonError: There is no such template, or one is malformed.
    """
    old, new = chosen(before, template), chosen(after, template)
    if before.is_single != after.is_single:
        alone, others = (before, after) if before.is_single else (after, before)
        (content,) = alone.templates.values()
        name = template or closest(content, others.templates)
        if not name:
            raise ComparisonError(
                f"{alone.name} does not match a template of {others.name}: name the file to "
                "compare it with, or use --template"
            )
        old, new = ({name: side.templates.get(name, content)} for side in (before, after))
    elif before.is_single:
        old = dict(zip(new, old.values()))
    comparisons = []
    for name in sorted({**old, **new}):
        if name not in new:
            loss = breaking(name, "template removed", "its stacks cannot be updated")
            comparisons.append(Comparison(template=name, findings=(loss,)))
        elif name not in old:
            gain = harmless(name, "template added", "", Bump.MINOR)
            comparisons.append(Comparison(template=name, findings=(gain,)))
        else:
            known = (before.parameters, after.given, before.resolved, before.importers)
            comparisons.append(compare(name, old[name], new[name], *known))
    return Difference(before=before.name, after=after.name, comparisons=tuple(comparisons))


def chosen(source: Source, template: str) -> Mapping[str, Template]:
    """Return the templates to compare: the one of this name, or all."""
    if not template or source.is_single:
        return source.templates
    if template not in source.templates:
        known = ", ".join(sorted(source.templates))
        raise ComparisonError(f"{source.name} has no template {template}; there are: {known}")
    return {template: source.templates[template]}


def closest(template: Template, candidates: Mapping[str, Template]) -> str:
    """Return the candidate whose resources differ the least; empty where most differ in all.

    Their policies count too: a stack that retains its data is not compared with the template
    that deletes it.
    """

    def traits(content: Template, *attributes: str) -> set[tuple[str, ...]]:
        return {
            (title, *(canonical(resource.get(key)) for key in attributes))
            for title, resource in content.entries("Resources").items()
        }

    def distance(name: str) -> int:
        keys = ("Type", "DeletionPolicy")
        return len(traits(template, *keys) ^ traits(candidates[name], *keys))

    nearest = min(sorted(candidates), key=distance)
    own, others = traits(template, "Type"), traits(candidates[nearest], "Type")
    return nearest if len(own & others) >= ALIKE * len(own | others) else ""
