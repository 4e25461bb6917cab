"""What happens to each resource: added, removed, modified, replaced, and what follows from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from serverlessapp.diff.model import ChangeAction, Replaced, ResourceChange
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.references import references

# Besides properties, what a change set compares. ``DependsOn`` and ``Condition`` it does not.
ATTRIBUTES = ("CreationPolicy", "DeletionPolicy", "Metadata", "UpdatePolicy", "UpdateReplacePolicy")

Resources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a change means for one property of a resource that refers to the changed one."""

    name: str
    cause: str
    replacement: Replaced


def changes(before: Evaluation, after: Evaluation, reaction: Reaction) -> dict[str, ResourceChange]:
    """Return what happens to the resources, by logical ID, in the order of the templates.

    A property that changes is one whose value is written differently, or that refers to a
    parameter with a new value. That an intrinsic function gives the same value as before is
    not assumed.

    Source: CloudFormation API Reference, ResourceTargetDefinition and ResourceChangeDetail:
    a reference to a replaced resource is evaluated as changed; one to an attribute of a
    resource that changes in place may be.
    """
    old, new = before.resources(), after.resources()
    common = [logical_id for logical_id in old if logical_id in new]
    direct = {
        logical_id: modification(
            logical_id,
            old[logical_id],
            new[logical_id],
            parameter_uses(logical_id, before, after),
            reaction,
        )
        for logical_id in common
    }
    all_changes = with_consequences(
        {key: change for key, change in direct.items() if change}, new, reaction
    )
    for logical_id, resource in old.items():
        if logical_id not in new:
            all_changes[logical_id] = ResourceChange(
                logical_id=logical_id, resource_type=resource["Type"], action=ChangeAction.REMOVE
            )
    for logical_id, resource in new.items():
        if logical_id not in old:
            all_changes[logical_id] = ResourceChange(
                logical_id=logical_id, resource_type=resource["Type"], action=ChangeAction.ADD
            )
    order = {logical_id: index for index, logical_id in enumerate([*old, *new])}
    return dict(sorted(all_changes.items(), key=lambda item: order[item[0]]))


def modification(
    logical_id: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    touched: set[str],
    reaction: Reaction,
) -> ResourceChange | None:
    """Return what its own definition does to a resource; None if it is the same."""
    before, after = old.get("Properties", {}), new.get("Properties", {})
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)} | touched
    attributes = tuple(name for name in ATTRIBUTES if old.get(name) != new.get(name))
    retyped = old["Type"] != new["Type"]
    if not (names or attributes or retyped):
        return None
    replacement = max(
        (reaction.replaces(new["Type"], name, before.get(name), after.get(name)) for name in names),
        default=Replaced.NO,
    )
    return ResourceChange(
        logical_id=logical_id,
        resource_type=new["Type"],
        action=ChangeAction.MODIFY,
        replacement=Replaced.YES if retyped else replacement,
        properties=(*sorted(names), *attributes),
        old_type=old["Type"] if retyped else "",
    )


def parameter_uses(logical_id: str, before: Evaluation, after: Evaluation) -> set[str]:
    """Return the properties that refer to a parameter whose value is another one or new."""
    changed = {name for name, value in after.values.items() if before.values.get(name) != value}
    properties = after.template["Resources"][logical_id].get("Properties", {})
    return {
        name
        for name, value in properties.items()
        if any(target in changed and not attribute for target, attribute in references(value))
    }


def with_consequences(
    direct: dict[str, ResourceChange], new: Resources, reaction: Reaction
) -> dict[str, ResourceChange]:
    """Add what changes because it refers to something that changes, until nothing is added."""
    known = direct
    while True:
        following = dict(direct)
        for logical_id, resource in new.items():
            effects = list(effects_on(logical_id, resource, known, new, reaction))
            if effects:
                own = direct.get(logical_id) or ResourceChange(
                    logical_id=logical_id,
                    resource_type=resource["Type"],
                    action=ChangeAction.MODIFY,
                )
                following[logical_id] = with_effects(own, effects)
        if following == known:
            return known
        known = following


def effects_on(
    logical_id: str,
    resource: Mapping[str, Any],
    known: Mapping[str, ResourceChange],
    new: Resources,
    reaction: Reaction,
) -> Iterator[Effect]:
    """Yield what the changes found so far mean for one resource."""
    for name, value in resource.get("Properties", {}).items():
        for target, attribute in references(value):
            change = known.get(target)
            if change is None or target == logical_id:
                continue
            certain = change.replacement
            if certain is Replaced.NO:
                if not attribute or reaction.keeps(new[target]["Type"], attribute):
                    continue
                certain = Replaced.MAYBE
            at_most = reaction.replaces(resource["Type"], name, None, value)
            yield Effect(name=name, cause=target, replacement=min(certain, at_most))


def with_effects(own: ResourceChange, effects: list[Effect]) -> ResourceChange:
    """Return a resource's change, its own and what follows from others'."""
    return replace(
        own,
        replacement=max(own.replacement, *(effect.replacement for effect in effects)),
        properties=tuple(sorted({*own.properties, *(effect.name for effect in effects)})),
        because_of=tuple(sorted({effect.cause for effect in effects})),
    )
