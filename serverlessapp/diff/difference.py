"""Compares all templates of two versions."""

from collections.abc import Mapping
from dataclasses import replace

from serverlessapp.diff.comparison import compare
from serverlessapp.diff.model import (
    Bump,
    Comparison,
    ComparisonError,
    Difference,
    Finding,
    Risk,
    Template,
)
from serverlessapp.diff.sources import Source


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
        pairs = {name: (content, many[name]) if before.is_single else (many[name], content)}
        return compared(before, after, pairs)
    if before.is_single:
        (name,), (content,), (other,) = new, old.values(), new.values()
        return compared(before, after, {name: (content, other)})
    pairs = {name: (old[name], new[name]) for name in old if name in new}
    whole = [*absent(old, new, "template removed"), *absent(new, old, "template added")]
    common = compared(before, after, pairs)
    return replace(common, comparisons=(*common.comparisons, *whole))


def compared(
    before: Source, after: Source, pairs: Mapping[str, tuple[Template, Template]]
) -> Difference:
    """Return the differences of templates that belong together."""
    return Difference(
        before=before.name,
        after=after.name,
        comparisons=tuple(
            compare(name, old, new, before.parameters, after.parameters)
            for name, (old, new) in pairs.items()
        ),
    )


def chosen(source: Source, template: str) -> Mapping[str, Template]:
    """Return the templates to compare.

    Raises:
        ComparisonError: There is none of this name.
    """
    if not template or source.is_single:
        return source.templates
    if template not in source.templates:
        known = ", ".join(sorted(source.templates))
        raise ComparisonError(f"{source.name} has no template {template}; there are: {known}")
    return {template: source.templates[template]}


def closest(template: Template, candidates: Mapping[str, Template]) -> str:
    """Return the candidate whose resources differ the least.

    Their policies count too: a stack that retains its data is not compared with the template
    that deletes it.
    """

    def traits(content: Template) -> set[tuple[str, str, str]]:
        return {
            (logical_id, resource["Type"], str(resource.get("DeletionPolicy", "")))
            for logical_id, resource in content["Resources"].items()
        }

    own = traits(template)
    return min(sorted(candidates), key=lambda name: len(own ^ traits(candidates[name])))


def absent(
    present: Mapping[str, Template], elsewhere: Mapping[str, Template], kind: str
) -> list[Comparison]:
    """Return a finding for each template that only one of the versions has."""
    is_loss = kind.endswith("removed")
    return [
        Comparison(
            template=name,
            findings=(
                Finding(
                    risk=Risk.REVIEW if is_loss else Risk.SAFE,
                    bump=Bump.MAJOR if is_loss else Bump.MINOR,
                    kind=kind,
                    subject=name,
                    text="its stacks have no successor" if is_loss else "",
                ),
            ),
        )
        for name in present
        if name not in elsewhere
    ]
