"""Compares all templates of two versions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

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
from serverlessapp.template.structure import MACROS
from serverlessapp.template.values import canonical

ALIKE = 1 / 4  # of all resources of two templates, by name and type, that resemble each other


def difference(before: Source, after: Source, template: str = "") -> Difference:
    """Return what changes from one version, file or stack to another.

    Args:
        before: What there is.
        after: What it becomes.
        template: Only this one; by default all, or the one that resembles a single file
            or stack most.

    Raises:
        ComparisonError: There is no such template, or one is malformed.
    """
    old, new = chosen(before, template), chosen(after, template)
    if before.is_single != after.is_single:
        single, many = (old, new) if before.is_single else (new, old)
        (content,) = single.values()
        name = template or closest(content, many)
        if not name:
            alone, others = (before, after) if before.is_single else (after, before)
            raise ComparisonError(
                f"{alone.name} resembles no template of {others.name}: "
                "name the file to compare it with, or --template"
            )
        pairs = {name: (content, many[name]) if before.is_single else (many[name], content)}
        return compared(before, after, pairs)
    if before.is_single:
        (name,), (content,), (other,) = new, old.values(), new.values()
        return compared(before, after, {name: (content, other)})
    pairs = {name: (old[name], new[name]) for name in old if name in new}
    common = compared(before, after, pairs)
    return replace(common, comparisons=(*common.comparisons, *one_sided(old, new)))


def compared(
    before: Source, after: Source, pairs: Mapping[str, tuple[Template, Template]]
) -> Difference:
    """Return the differences of templates that belong together."""
    return Difference(
        before=before.name,
        after=after.name,
        comparisons=tuple(
            compare(
                name,
                old,
                new,
                before.parameters,
                after.given,
                before.resolved,
                before.importers,
            )
            for name, (old, new) in pairs.items()
        ),
    )


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
            for title, resource in content.section("Resources").items()
            if not title.startswith(MACROS)
        }

    def distance(name: str) -> int:
        keys = ("Type", "DeletionPolicy")
        return len(traits(template, *keys) ^ traits(candidates[name], *keys))

    nearest = min(sorted(candidates), key=distance)
    own, others = traits(template, "Type"), traits(candidates[nearest], "Type")
    return nearest if len(own & others) >= ALIKE * len(own | others) else ""


def one_sided(old: Mapping[str, Template], new: Mapping[str, Template]) -> Iterator[Comparison]:
    """Yield a finding for each template that only one of the versions has."""
    for name in sorted(old.keys() - new.keys()):
        loss = breaking(name, "template removed", "its stacks have no successor")
        yield Comparison(template=name, findings=(loss,))
    for name in sorted(new.keys() - old.keys()):
        gain = harmless(name, "template added", "", Bump.MINOR)
        yield Comparison(template=name, findings=(gain,))
