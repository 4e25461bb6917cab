"""Findings about resources: what a change does to them and to their data."""

from collections.abc import Iterable, Iterator, Mapping

from serverlessapp.diff import data
from serverlessapp.diff.model import (
    Bump,
    ChangeAction,
    Finding,
    Replaced,
    ResourceChange,
    Risk,
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
    for logical_id, change in changes.items():
        if change.action is ChangeAction.ADD:
            yield finding(change, Risk.SAFE, Bump.MINOR, "added", "")
        elif change.action is ChangeAction.REMOVE:
            yield removal(change, old[logical_id], changes.values())
        elif change.replacement is Replaced.NO:
            yield finding(change, Risk.SAFE, Bump.PATCH, "modified", reason(change))
        else:
            yield replacement(change, old[logical_id], new[logical_id])
    for logical_id in old.keys() & new.keys():
        was, now = old[logical_id], new[logical_id]
        if logical_id in changes:
            yield from forbidden(changes[logical_id], was)
        yield from existence(logical_id, was, now)
        if waits_for(was) != waits_for(now):
            text = "DependsOn: made, updated and deleted in another order"
            yield harmless(logical_id, "order", text, Bump.PATCH)


def waits_for(resource: Resource) -> set[str]:
    """Return what a resource waits for, in whatever order it is written."""
    written = resource.attributes.get("DependsOn", [])
    return set(map(canonical, written if isinstance(written, list) else [written]))


def finding(change: ResourceChange, risk: Risk, bump: Bump, kind: str, text: str) -> Finding:
    """Return a finding about a resource that begins with its type."""
    text = f"{change.resource_type}{': ' if text else ''}{text}"
    return Finding(risk, bump, change.logical_id, kind, text)


def removal(change: ResourceChange, old: Resource, changes: Iterable[ResourceChange]) -> Finding:
    """Return what it means that a resource goes: one that comes may be it, with another name."""
    successors = [
        other.logical_id
        for other in changes
        if other.action is ChangeAction.ADD and other.resource_type == change.resource_type
    ]
    held = data.STATEFUL.get(change.resource_type)
    fate = data.fate(old, "DeletionPolicy")
    several = [*successors[:FEW], *(["another"] if len(successors) > FEW else [])]
    hint = f"; if {' or '.join(several)} is its new name: it begins empty" if successors else ""
    if held is None:
        return finding(change, Risk.REVIEW, Bump.MINOR, "removed", f"it {fate}")
    text = f"{held}: all that {fate}{hint}"
    return finding(change, Risk.DATA, Bump.MAJOR, "removed", text)


def replacement(change: ResourceChange, old: Resource, new: Resource) -> Finding:
    """Return what it means that a new resource takes the place of one."""
    kind = "replaced" if change.replacement is Replaced.YES else "may be replaced"
    held = data.STATEFUL.get(change.old_type or change.resource_type)
    text = reason(change)
    if change.old_type:
        text += f"; was {change.old_type}, and CloudFormation refuses another type under one ID"
    if held is None:
        return finding(change, Risk.REVIEW, Bump.MINOR, kind, text)
    fate = data.fate(old if change.old_type else new, "UpdateReplacePolicy")
    text = f"{text}; the new one begins empty, and {held}: all that {fate}"
    return finding(change, Risk.DATA, Bump.MAJOR, kind, text)


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
            text = f"{name}: the template itself says that it must never change"
            yield Finding(Risk.REVIEW, Bump.MINOR, change.logical_id, "must never change", text)


def existence(logical_id: str, old: Resource, new: Resource) -> Iterator[Finding]:
    """Yield what it means that a resource exists under another condition."""
    if same(old.exists, new.exists):
        return
    held = data.STATEFUL.get(old.type)
    text = f"{old.type}: under another condition"
    if new.exists is True:
        yield harmless(logical_id, "may be added", text, Bump.MINOR)
    elif held:
        text += f"; then {held}: all that {data.fate(old, 'DeletionPolicy')}"
        yield Finding(Risk.DATA, Bump.MAJOR, logical_id, "may be removed", text)
    else:
        yield Finding(Risk.REVIEW, Bump.MINOR, logical_id, "may be removed", text)
