"""Findings about access that no statement of a policy says.

A table judges what has an order; whatever else is about access, by its name or its type, is said
to be beyond judgement: never safe.
"""

from collections.abc import Iterator, Mapping
from enum import Enum

from serverlessapp.diff.differences import PropertyChange, differences, is_policy
from serverlessapp.diff.grants import ALLOW
from serverlessapp.diff.model import Bump, Finding, Risk
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
    PUBLIC_ACCESS_BLOCK,
    grants_of,
)
from serverlessapp.diff.security_groups import DIRECTIONS, GROUP, RULES
from serverlessapp.diff.words import is_harmless
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import ABSENT, is_known


class Exposure(Enum):
    """What a change does to access."""

    WIDER = "access widened"
    NARROWER = "access narrowed"
    UNCLEAR = "access changed"


def findings(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what is opened and what is closed, and what no rule judges."""
    for title, resource in new.items():
        before = old.get(title)
        verdicts: list[tuple[Exposure, PropertyChange]] = []
        if before and before.type == resource.type:
            verdicts += changed(before, resource)
        if not before or before.exists not in (True, resource.exists):  # new, at least to some
            verdicts += added(resource)
        for exposure, risk in ((Exposure.WIDER, Risk.REVIEW), (Exposure.NARROWER, Risk.SAFE)):
            for verdict, change in verdicts:
                if verdict is exposure:
                    yield Finding(risk, Bump.MINOR, title, exposure.value, str(change))
        unclear = [change.place for verdict, change in verdicts if verdict is Exposure.UNCLEAR]
        if unclear:
            places = ", ".join(dict.fromkeys(unclear))
            text = f"{places}: whether that opens or closes something, look yourself"
            yield Finding(Risk.REVIEW, Bump.MINOR, title, Exposure.UNCLEAR.value, text)


def changed(before: Resource, after: Resource) -> Iterator[tuple[Exposure, PropertyChange]]:
    """Yield what changes about access to a resource."""
    for change in differences(properties_of(before), properties_of(after)):
        name = change.names[-1] if change.names else ""
        if is_judged(after.type, change) or is_harmless(change.names):
            continue
        if is_open_anyway(name, change.old, change.new):
            continue
        if is_open(name, change.new):
            yield Exposure.WIDER, change
        elif is_closed(name, change.new) or is_open(name, change.old):
            yield Exposure.NARROWER, change
        elif is_access(after.type, change.names, change.new):
            yield Exposure.UNCLEAR, change


def added(resource: Resource) -> Iterator[tuple[Exposure, PropertyChange]]:
    """Yield what a new resource opens, unless its grants say so already."""
    has_grants = any(grant.effect == ALLOW for grant in grants_of(resource))
    for change in differences(ABSENT, properties_of(resource)):
        name = change.names[-1] if change.names else ""
        if is_open_anyway(name, change.old, change.new):
            continue
        if is_open(name, change.new):
            yield Exposure.WIDER, change
        elif not (has_grants or is_judged(resource.type, change) or is_harmless(change.names)):
            closed = is_closed(name, change.new)
            if not closed and may_open(resource.type, change.names, change.new):
                yield Exposure.UNCLEAR, change


def is_judged(resource_type: str, change: PropertyChange) -> bool:
    """Tell whether grants or the rules of security groups say what a change does."""
    if not change.names:
        return False
    first, last = change.names[0], change.names[-1]
    is_identity = resource_type.startswith(("AWS::IAM::", "AWS::SSO::"))
    return (
        resource_type in (INVOCATION, *RULES)
        or first in (*POWERS, BOUNDARY)
        or (resource_type == GROUP and first in (f"SecurityGroup{name}" for name in DIRECTIONS))
        or (resource_type in ATTACHED and first in HOLDERS)
        or (first == PUBLIC_ACCESS_BLOCK and is_known(change.old) and is_known(change.new))
        or (is_identity and change.new is ABSENT and is_policy(change.old))
        or (is_identity and (first, last) == ("Policies", "PolicyName"))
    )
