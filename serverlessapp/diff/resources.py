"""What happens to each resource: added, removed, modified, replaced, and what follows from it."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from serverlessapp.diff import data
from serverlessapp.diff.model import ChangeAction, Replaced, ResourceChange
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.reading import TRANSFORM
from serverlessapp.template.references import references
from serverlessapp.template.values import ABSENT, equivalent, same

# Besides properties, what a change set compares. ``DependsOn`` and ``Condition`` it does not.
ATTRIBUTES = (
    *("CreationPolicy", "DeletionPolicy", "Metadata", "UpdatePolicy", "UpdateReplacePolicy"),
    TRANSFORM,
)
# What programs read on a machine, and act upon (CloudFormation User Guide, "cfn-hup"). Anything
# else in ``Metadata`` is for people: that it changes is listed, and changes no resource.
READ_BY_PROGRAMS = ("AWS::CloudFormation::Authentication", "AWS::CloudFormation::Init")

Resources = Mapping[str, Resource]


@dataclass
class Changes:
    """What happens to the resources of a stack."""

    before: Evaluation
    after: Evaluation
    reaction: Reaction
    listed: bool = False  # as in a change set: also what only might change, or changes nothing
    old: Resources = field(init=False)
    new: Resources = field(init=False)

    def __post_init__(self) -> None:
        self.old = {resource.title: resource for resource in self.before.resources()}
        self.new = {resource.title: resource for resource in self.after.resources()}

    def all(self) -> dict[str, ResourceChange]:
        """Return what happens to the resources, by logical ID, in the order of the templates.

        Source: CloudFormation API Reference, ResourceTargetDefinition and ResourceChangeDetail:
        a reference to a replaced resource is evaluated as changed; one to an attribute of a
        resource that changes in place may be.
        """
        direct = {title: self.modification(title) for title in self.old if title in self.new}
        changes = self.with_consequences({key: item for key, item in direct.items() if item})
        for title in {**self.old, **self.new}:
            if title not in self.new:
                changes[title] = change_of(self.old[title], ChangeAction.REMOVE)
            elif title not in self.old:
                changes[title] = change_of(self.new[title], ChangeAction.ADD)
        return {title: changes[title] for title in {**self.old, **self.new} if title in changes}

    def modification(self, title: str) -> ResourceChange | None:
        """Return what its own definition does to a resource; None if it is the same."""
        old, new = self.old[title], self.new[title]
        before, after = old.properties, new.properties
        names = {
            name
            for name in {**before, **after}
            if not equivalent(before.get(name, ABSENT), after.get(name, ABSENT))
        } | (self.uses_of_parameters(title) if self.listed else set())
        attributes = tuple(name for name in ATTRIBUTES if self.is_changed(name, old, new))
        if not (names or attributes or old.type != new.type):
            return None
        replacements = [
            self.reaction.replacement(new, name, before.get(name), after.get(name))
            for name in names
        ]
        if TRANSFORM in attributes:
            replacements.append(Replaced.MAYBE)
        if old.type != new.type:
            replacements.append(Replaced.YES)
        return replace(
            change_of(new, ChangeAction.MODIFY),
            replacement=max(replacements, default=Replaced.NO),
            properties=(*sorted(names), *attributes),
            old_type=old.type if old.type != new.type else "",
        )

    def is_changed(self, attribute: str, old: Resource, new: Resource) -> bool:
        """Tell whether an attribute of a resource changes."""
        before, after = (
            data.policy(item, attribute)  # as it is, written or not
            if attribute in data.POLICIES and not self.listed
            else item.attributes.get(attribute, ABSENT)
            for item in (old, new)
        )
        if attribute == "Metadata" and not self.listed:
            before, after = (
                {key: item[key] for key in READ_BY_PROGRAMS if key in item}
                if isinstance(item, dict)
                else {}
                for item in (before, after)
            )
        return not equivalent(before, after)

    def uses_of_parameters(self, title: str) -> set[str]:
        """Return the properties that refer to a parameter whose value is another one or new."""
        before, after = self.before.given, self.after.given
        changed = {
            name for name in after if name not in before or not same(before[name], after[name])
        }
        properties = self.after.template.section("Resources")[title].get("Properties", {})
        return {
            name
            for name, value in properties.items()
            if any(use.target in changed and not use.attribute for use in references(value))
        }

    def with_consequences(self, direct: dict[str, ResourceChange]) -> dict[str, ResourceChange]:
        """Add what changes because it refers to something that changes."""
        referrers = self.referrers() if direct else {}
        changes = dict(direct)
        waiting = deque(direct)
        while waiting:
            cause = changes[waiting.popleft()]
            for title, name, attribute in referrers.get(cause.logical_id, ()):
                certain = cause.replacement
                if certain is Replaced.NO:
                    kept = self.reaction.keeps(self.new[cause.logical_id].type, attribute)
                    if kept or not attribute:
                        continue
                    certain = Replaced.MAYBE
                resource = self.new[title]
                value = resource.properties.get(name)
                at_most = self.reaction.replacement(resource, name, None, value)
                known = changes.get(title, change_of(resource, ChangeAction.MODIFY))
                changed = replace(
                    known,
                    replacement=max(known.replacement, min(certain, at_most)),
                    properties=tuple(sorted({*known.properties, name})),
                    because_of=tuple(sorted({*known.because_of, cause.logical_id})),
                )
                if title not in changes or changed.replacement is not known.replacement:
                    waiting.append(title)
                changes[title] = changed
        return changes

    def referrers(self) -> dict[str, list[tuple[str, str, str]]]:
        """Return for each resource what refers to it: logical ID, property and attribute."""
        referrers = defaultdict(list)
        for title, resource in self.new.items():
            written = self.after.template.section("Resources")[title].get("Properties", {})
            for name in resource.properties:
                for use in references(written.get(name)):
                    if use.target in self.new and use.target != title and use.may_be(self.after):
                        referrers[use.target].append((title, name, use.attribute))
        return referrers


def change_of(resource: Resource, action: ChangeAction) -> ResourceChange:
    """Return a change of a resource."""
    return ResourceChange(logical_id=resource.title, resource_type=resource.type, action=action)
