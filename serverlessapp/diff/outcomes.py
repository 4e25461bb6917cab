"""Findings about resources: what a change does to them and to their data."""

from collections.abc import Iterable, Iterator, Mapping

from serverlessapp.diff import data
from serverlessapp.diff.model import (
    Bump,
    ChangeAction,
    Finding,
    Replaced,
    ResourceChange,
    dangerous,
    doubtful,
    harmless,
)
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import canonical, same

Resources = Mapping[str, Resource]
FEW = 3  # resources that are named, of those that another one may have become
# AWS's own place in a template for what must hold, and its word for what nobody may change.
CONTEXT, NEVER = "com.aws.cloudformation.Context", "must-never-change"


def findings(
    old: Resources, new: Resources, changes: Mapping[str, ResourceChange]
) -> Iterator[Finding]:
    """Yield what a person should know about the resources."""
    for title, change in changes.items():
        kind = change.resource_type
        if change.action is ChangeAction.ADD:
            yield harmless(title, "added", kind, Bump.MINOR)
        elif change.action is ChangeAction.REMOVE:
            yield removal(change, old[title], changes.values())
        elif change.replacement is Replaced.NO:
            yield harmless(title, "modified", f"{kind}: {reason(change)}", Bump.PATCH)
        else:
            yield replacement(change, old[title], new[title])
    for title in old.keys() & new.keys():
        was, now = old[title], new[title]
        if title in changes:
            yield from forbidden(changes[title], was)
        yield from existence(was, now)
        if waits_for(was) != waits_for(now):
            text = "DependsOn: created, updated and deleted in a different order"
            yield harmless(title, "order", text, Bump.PATCH)


def waits_for(resource: Resource) -> set[str]:
    """Return what a resource waits for, in whatever order it is written."""
    written = resource.attributes.get("DependsOn", [])
    return set(map(canonical, written if isinstance(written, list) else [written]))


def removal(change: ResourceChange, old: Resource, changes: Iterable[ResourceChange]) -> Finding:
    """Return what it means that a resource goes: one that comes may be it, with another name."""
    fate = data.fate(old, "DeletionPolicy")
    held = data.STATEFUL.get(old.type)
    if held is None:
        return doubtful(old.title, "removed", f"{old.type}: it {fate}")
    successors = [
        other.logical_id
        for other in changes
        if other.action is ChangeAction.ADD and other.resource_type == change.resource_type
    ]
    several = [*successors[:FEW], *(["another"] if len(successors) > FEW else [])]
    hint = f"; if {' or '.join(several)} is its new name: it begins empty" if successors else ""
    return dangerous(old.title, "removed", f"{old.type}: {held}: all that {fate}{hint}")


def replacement(change: ResourceChange, old: Resource, new: Resource) -> Finding:
    """Return what it means that a new resource takes the place of one."""
    kind = "replaced" if change.replacement is Replaced.YES else "may be replaced"
    held = data.STATEFUL.get(old.type)
    text = f"{new.type}: {reason(change)}"
    if change.old_type:
        text += f"; was {change.old_type}: CloudFormation refuses another type for a logical ID"
    if held is None:
        return doubtful(new.title, kind, text)
    fate = data.fate(old if change.old_type else new, "UpdateReplacePolicy")
    text += f"; the new one begins empty, and {held}: all that {fate}"
    return dangerous(new.title, kind, text)


def reason(change: ResourceChange) -> str:
    """Return what changes in a resource, and because of what."""
    text = ", ".join(change.properties)
    return text + (f", because of {', '.join(change.because_of)}" if change.because_of else "")


def forbidden(change: ResourceChange, old: Resource) -> Iterator[Finding]:
    """Yield what changes although the template says that it must not."""
    metadata = old.attributes.get("Metadata")
    context = metadata.get(CONTEXT) if isinstance(metadata, dict) else None
    if not isinstance(context, dict):
        return
    each = context.get("mutability")
    for name in change.properties:
        said = each.get(name) if isinstance(each, dict) else None
        if (said or context.get("mutable")) == NEVER:
            text = f"{name}: the template says that it must never change"
            yield doubtful(change.logical_id, "must never change", text)


def existence(old: Resource, new: Resource) -> Iterator[Finding]:
    """Yield what it means that a resource exists under another condition."""
    if same(old.exists, new.exists):
        return
    text = f"{old.type}: under another condition"
    if new.exists is True:
        yield harmless(old.title, "may be added", text, Bump.MINOR)
    elif held := data.STATEFUL.get(old.type):
        text += f"; then {held}: all that {data.fate(old, 'DeletionPolicy')}"
        yield dangerous(old.title, "may be removed", text)
    else:
        yield doubtful(old.title, "may be removed", text)
