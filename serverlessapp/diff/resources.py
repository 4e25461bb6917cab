"""What happens to each resource: added, removed, modified, replaced, and what follows from it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from serverlessapp.diff.model import ChangeAction, Replaced, ResourceChange
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template.first_evaluation import Evaluation
from serverlessapp.template.first_references import references

# Besides properties, what a change set compares. ``DependsOn`` and ``Condition`` it does not.
ATTRIBUTES = ("CreationPolicy", "DeletionPolicy", "Metadata", "UpdatePolicy", "UpdateReplacePolicy")

Resources = Mapping[str, Mapping[str, Any]]


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
    direct = {
        logical_id: modification(
            logical_id,
            old[logical_id],
            new[logical_id],
            parameter_uses(logical_id, before, after),
            reaction,
        )
        for logical_id in old
        if logical_id in new
    }
    all_changes = with_consequences(
        {key: change for key, change in direct.items() if change}, new, reaction
    )
    for resources, others, action in (
        (old, new, ChangeAction.REMOVE),
        (new, old, ChangeAction.ADD),
    ):
        for logical_id in resources.keys() - others.keys():
            all_changes[logical_id] = ResourceChange(
                logical_id=logical_id,
                resource_type=resources[logical_id]["Type"],
                action=action,
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
                names, causes, replacements = zip(*effects)
                following[logical_id] = replace(
                    own,
                    replacement=max(own.replacement, *replacements),
                    properties=tuple(sorted({*own.properties, *names})),
                    because_of=tuple(sorted({*causes})),
                )
        if following == known:
            return known
        known = following


def effects_on(
    logical_id: str,
    resource: Mapping[str, Any],
    known: Mapping[str, ResourceChange],
    new: Resources,
    reaction: Reaction,
) -> Iterator[tuple[str, str, Replaced]]:
    """Yield what the known changes mean for one resource: which property, by what, and how."""
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
            yield name, target, min(certain, at_most)
