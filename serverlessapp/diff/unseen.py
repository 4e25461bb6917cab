"""What nobody can see in a template: what macros and includes make of it.

Source: CloudFormation User Guide, "Perform custom processing on CloudFormation templates with
template macros"; CloudFormation Template Reference, "AWS::Include transform".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.diff.model import Finding, ResourceChange, breaking, doubtful
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.loops import EXTENSIONS, LOOP, transforms
from serverlessapp.template.reading import TRANSFORM, Place
from serverlessapp.template.structure import SECTIONS
from serverlessapp.template.values import canonical, same

INCLUDE = "AWS::Include"
SERVERLESS = "AWS::Serverless-2016-10-31"  # rewrites its own types alone, which go by their names
# Each stands for a whole template, which is somewhere else.
TEMPLATES = (
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::StackSet",
    "AWS::Serverless::Application",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
)
KNOWN = ("", EXTENSIONS, INCLUDE, SERVERLESS)
TOLD_ELSEWHERE = {*SECTIONS, "AWSTemplateFormatVersion", "Description", "Transform", TRANSFORM}


def findings(
    before: Evaluation, after: Evaluation, changes: Mapping[str, ResourceChange]
) -> Iterator[Finding]:
    """Yield what changes where it cannot be seen what it changes."""
    old, new = before.template, after.template
    for title, change in changes.items():
        if change.resource_type in TEMPLATES and {*change.properties} - {"Tags"}:
            text = f"{', '.join(change.properties)}: the effect on its own resources is unknown"
            yield doubtful(title, "cannot be seen", text)
    yield from of_whole_templates(before, after)
    for name in sorted((old.content.keys() | new.content.keys()) - TOLD_ELSEWHERE):
        if not same(old.content.get(name), new.content.get(name)):
            yield breaking(name, "section", "the effect of this section is unknown")
    had, has = dict(pieces(before)), dict(pieces(after))
    for place in {**had, **has}:
        if had.get(place) != has.get(place):
            *around, what = map(str, place)
            brings = "anything"
            if what.startswith(LOOP):
                brings = "more or fewer: unknown without --parameter"
            text = f"{what} in {'.'.join(around) or 'the template'}: it may bring {brings}"
            yield breaking(around[1] if len(around) > 1 else what, "cannot be seen", text)


def of_whole_templates(before: Evaluation, after: Evaluation) -> Iterator[Finding]:
    """Yield what it means that macros rewrite the template, or that others do."""
    old, new = (list(map(side.value, transforms(side.template))) for side in (before, after))
    if not same(old, new):
        text = "macros transform the template: these findings do not apply to the result"
        yield breaking("Transform", "macro", text)
        return
    names = ", ".join(name for name in map(name_of, old) if name not in KNOWN)
    if names and not all(
        same(*pair)
        for pair in ((before.template.content, after.template.content), (before.given, after.given))
    ):
        yield breaking("Transform", "macro", f"the effect of {names} on the change is unknown")


def name_of(transform: Any) -> str:
    """Return the name of a macro that a template, or a part of it, is given to."""
    name = transform.get("Name", "") if isinstance(transform, dict) else transform
    return name if isinstance(name, str) else canonical(name)


def pieces(evaluation: Evaluation) -> Iterator[tuple[Place, str]]:
    """Yield what a macro completes or a loop repeats, and where, as far as it can be seen."""
    if not evaluation.template.has_macros:
        return
    waiting: list[tuple[Place, Any]] = [((), evaluation.template.content)]
    while waiting:
        place, node = waiting.pop()
        inner = node.items() if isinstance(node, dict) else ()
        for key, item in inner if isinstance(node, dict) else enumerate(node):
            if isinstance(item, (dict, list)):
                waiting.append(((*place, key), item))
        for key, item in inner:
            if key.startswith(LOOP):
                yield (*place, key), canonical(evaluation.value(item))
            elif key == TRANSFORM:
                # An include adds to what is beside it; any other macro rewrites that too.
                rewritten = item if name_of(item) == INCLUDE or not place else node
                yield (*place, f"{key} {name_of(item)}"), canonical(evaluation.value(rewritten))
