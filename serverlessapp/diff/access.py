"""Findings about access: what a template newly allows, and what it no longer does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from serverlessapp.diff.grants import ALLOW, DENY, Grant, Limit
from serverlessapp.diff.model import Bump, Finding, Risk
from serverlessapp.diff.statements import documents, granted, listed, text
from serverlessapp.template.first_evaluation import Evaluation

Resource = Mapping[str, Any]

# Whom an identity policy is attached to.
HOLDERS = ("Roles", "Users", "Groups")
# What narrows ``AWS::Lambda::Permission``.
INVOCATION_LIMITS = ("SourceAccount", "SourceArn", "PrincipalOrgID", "FunctionUrlAuthType")
# What a resource acts as.
ROLES = ("Role", "RoleArn", "ServiceRole", "ServiceRoleArn")


def findings(before: Evaluation, after: Evaluation) -> Iterator[Finding]:
    """Yield what is widened and what is narrowed, for each statement of each resource.

    Less access may be missed by whoever builds on it, so both raise the minor version.
    """
    old, new = before.resources(), after.resources()
    for logical_id in {**old, **new}:
        had = list(grants_of(old.get(logical_id, {})))
        has = list(grants_of(new.get(logical_id, {})))
        for risk, kind, words, grants in (
            (Risk.REVIEW, "IAM widened", "allows", added(had, has, ALLOW)),
            (Risk.REVIEW, "IAM widened", "no longer denies", added(has, had, DENY)),
            (Risk.SAFE, "IAM narrowed", "no longer allows", added(has, had, ALLOW)),
            (Risk.SAFE, "IAM narrowed", "denies", added(had, has, DENY)),
        ):
            for line in described(words, grants):
                yield Finding(risk, Bump.MINOR, logical_id, kind, line)


def added(old: Iterable[Grant], new: Iterable[Grant], effect: str) -> list[Grant]:
    """Return the new grants of this effect that no old one covers."""
    known = [grant for grant in old if grant.effect == effect]
    return [
        grant
        for grant in new
        if grant.effect == effect and not any(held.covers(grant) for held in known)
    ]


def described(words: str, grants: Iterable[Grant]) -> Iterator[str]:
    """Yield a line for each statement and its conditions."""
    groups: dict[tuple[str, frozenset[Limit]], list[Grant]] = defaultdict(list)
    for grant in grants:
        groups[grant.source, grant.limits].append(grant)
    for (source, limits), members in groups.items():
        actions = ", ".join(unique(grant.action for grant in members))
        resources = ", ".join(unique(grant.resource for grant in members))
        principals = ", ".join(unique(grant.principal for grant in members))
        conditions = ", ".join(sorted(f"{limit.operator} {limit.key}" for limit in limits))
        under = f", if {conditions}" if conditions else ""
        yield f"{source}: {words} {actions} on {resources} to {principals}{under}"


def unique(items: Iterable[str]) -> list[str]:
    """Return the items without repetitions, in order."""
    return list(dict.fromkeys(items))


def grants_of(resource: Resource) -> Iterator[Grant]:
    """Yield everything a resource says about access, also what is not a statement."""
    properties = resource.get("Properties", {})
    holders = [text(item) for key in HOLDERS for item in listed(properties.get(key, []))]
    for holder in holders or ["itself"]:
        for document, limits in documents(properties):
            yield from granted(document, holder, limits)
    for arn in listed(properties.get("ManagedPolicyArns", [])):
        yield Grant(ALLOW, "ManagedPolicyArns", "what the policy allows", text(arn))
    if boundary := properties.get("PermissionsBoundary"):
        yield Grant(DENY, "PermissionsBoundary", "what it leaves out", text(boundary))
    for key in ROLES:
        if role := properties.get(key):
            yield Grant(ALLOW, key, "what the role may do", text(role))
    if resource.get("Type") == "AWS::Lambda::Permission":
        action, function = text(properties.get("Action")), text(properties.get("FunctionName"))
        limits = frozenset(
            Limit(operator="Equals", key=key, values=frozenset({text(properties[key])}))
            for key in INVOCATION_LIMITS
            if key in properties
        )
        yield Grant(
            ALLOW, "permission", action, function, text(properties.get("Principal")), limits
        )
    public = properties.get("PublicAccessBlockConfiguration", {})
    for setting, value in public.items():
        if text(value).lower() == "true":
            yield Grant(DENY, "PublicAccessBlockConfiguration", setting, "itself")
