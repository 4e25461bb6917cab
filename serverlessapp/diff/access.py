"""Findings about access: what a template newly allows, and what it no longer does.

Statements of policies are compared. Of what else is about access, a table judges what has an
order; the rest, by its name or its type, is said to be beyond judgement: never safe.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from serverlessapp.diff.differences import Changed, PropertyChange, differences, is_policy
from serverlessapp.diff.grants import ALLOW, DENY, Grant, Limit, added
from serverlessapp.diff.model import Bump, Finding, doubtful, harmless
from serverlessapp.diff.openness import (
    is_access,
    is_closed,
    is_open,
    is_open_anyway,
    may_open,
    properties_of,
)
from serverlessapp.diff.permissions import (
    ATTACHED,
    BOUNDARY,
    HOLDERS,
    INVOCATION,
    POWERS,
    grants_of,
)
from serverlessapp.diff.security_groups import DIRECTIONS, GROUP, RULES
from serverlessapp.diff.words import is_harmless
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import ABSENT

# What a change does to access.
WIDER, NARROWER, UNCLEAR = "access widened", "access narrowed", "access changed"

Verdict = tuple[str, PropertyChange]


def findings(
    old: Mapping[str, Resource], new: Mapping[str, Resource], changed: Changed
) -> Iterator[Finding]:
    """Yield what is widened and what is narrowed, and what may be."""
    yield from of_grants(old, new)
    yield from of_properties(old, new, changed)


def of_grants(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what is widened and what is narrowed, for each statement of each resource.

    Less access may be missed by whoever builds on it, so both raise the minor version.
    """
    for logical_id in {**old, **new}:
        had, has = (list(grants_of(side.get(logical_id))) for side in (old, new))
        others = sorted({grant.effect for grant in has} - {ALLOW, DENY})
        widened = {
            "allows": added(had, has, ALLOW),
            "no longer denies": added(has, had, DENY),
            **{f"{effect} of": added(had, has, effect) for effect in others},
        }
        narrowed = {"no longer allows": added(has, had, ALLOW), "denies": added(had, has, DENY)}
        for line in described(widened):
            yield doubtful(logical_id, "IAM widened", line)
        for line in described(narrowed):
            yield harmless(logical_id, "IAM narrowed", line, Bump.MINOR)


def described(changes: Mapping[str, Iterable[Grant]]) -> Iterator[str]:
    """Yield a line for each statement and its conditions; ``changes``: grants by words."""
    groups: dict[tuple[str, str, frozenset[Limit]], list[Grant]] = defaultdict(list)
    for words, grants in changes.items():
        for grant in grants:
            groups[words, grant.source, grant.limits].append(grant)
    for (words, source, limits), members in groups.items():
        actions, resources, principals = (
            ", ".join(dict.fromkeys(item for grant in members for item in getattr(grant, element)))
            for element in ("actions", "resources", "principals")
        )
        conditions = ", ".join(sorted(f"{limit.operator} {limit.key}" for limit in limits))
        when = f", if {conditions}" if conditions else ""
        yield f"{source}: {words} {actions} on {resources} to {principals}{when}"


def of_properties(
    old: Mapping[str, Resource], new: Mapping[str, Resource], changed: Changed
) -> Iterator[Finding]:
    """Yield what is opened and what is closed, and what no rule judges."""
    for title, resource in new.items():
        before = old.get(title)
        verdicts = list(of_changes(resource.type, changed.get(title, ()), is_access))
        if not before or before.exists not in (True, resource.exists):  # new, at least to some
            verdicts += of_new(resource)
        unclear = dict.fromkeys(change.place for verdict, change in verdicts if verdict == UNCLEAR)
        for verdict, change in verdicts:
            if verdict == WIDER:
                yield doubtful(title, verdict, str(change))
            elif verdict == NARROWER:
                yield harmless(title, verdict, str(change), Bump.MINOR)
        if unclear:
            text = f"{', '.join(unclear)}: check whether that widens or narrows access"
            yield doubtful(title, UNCLEAR, text)


def of_changes(
    resource_type: str, changes: Iterable[PropertyChange], is_about: Callable[..., bool]
) -> Iterator[Verdict]:
    """Yield what changes about access to a resource, and what may be about it."""
    for change in changes:
        if (
            is_judged(resource_type, change)
            or is_harmless(resource_type, change.names)
            or is_open_anyway(change.name, change.old, change.new)
        ):
            continue
        if is_open(change.name, change.new):
            yield WIDER, change
        elif is_closed(change.name, change.new) or is_open(change.name, change.old):
            yield NARROWER, change
        elif is_about(resource_type, change.names, change.new, change.old):
            yield UNCLEAR, change


def of_new(resource: Resource) -> Iterator[Verdict]:
    """Yield what a new resource opens, unless its grants say so already."""
    has_grants = any(grant.effect == ALLOW for grant in grants_of(resource))
    changes = differences(ABSENT, properties_of(resource))
    for verdict, change in of_changes(resource.type, changes, may_open):
        if verdict == WIDER or (verdict == UNCLEAR and not has_grants):
            yield verdict, change


def is_judged(resource_type: str, change: PropertyChange) -> bool:
    """Tell whether grants or the rules of security groups say what a change does."""
    if not change.names:
        return False
    first = change.names[0]
    is_identity = resource_type.startswith(("AWS::IAM::", "AWS::SSO::"))
    return (
        resource_type in (INVOCATION, *RULES)
        or first in (*POWERS, BOUNDARY)
        or (resource_type == GROUP and first in (f"SecurityGroup{name}" for name in DIRECTIONS))
        or (resource_type in ATTACHED and first in HOLDERS)
        or (is_identity and change.new is ABSENT and is_policy(change.old))
        or (is_identity and (first, change.name) == ("Policies", "PolicyName"))
    )
