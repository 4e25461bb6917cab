"""Findings about access: what a template newly allows, and what it no longer does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from serverlessapp.diff.grants import ALLOW, DENY, Grant, Limit
from serverlessapp.diff.model import Bump, Finding, Risk
from serverlessapp.diff.statements import documents, granted, listed, text
from serverlessapp.template.evaluation import Evaluation

Resource = Mapping[str, Any]

# Whom an identity policy is attached to.
HOLDERS = ("Roles", "Users", "Groups")
# What a resource acts as.
ROLES = ("Role", "RoleArn", "ServiceRole", "ServiceRoleArn")


def findings(before: Evaluation, after: Evaluation) -> Iterator[Finding]:
    """Yield what is widened and what is narrowed, for each statement of each resource."""
    old, new = before.resources(), after.resources()
    for logical_id in {**old, **new}:
        had = list(said_by(old.get(logical_id, {})))
        has = list(said_by(new.get(logical_id, {})))
        allowed, no_longer_denied = added(had, has, ALLOW), added(has, had, DENY)
        denied, no_longer_allowed = added(had, has, DENY), added(has, had, ALLOW)
        for words, grants in (("allows", allowed), ("no longer denies", no_longer_denied)):
            for line in described(words, grants):
                yield finding(Risk.REVIEW, "IAM widened", logical_id, line)
        for words, grants in (("no longer allows", no_longer_allowed), ("denies", denied)):
            for line in described(words, grants):
                yield finding(Risk.SAFE, "IAM narrowed", logical_id, line)


def finding(risk: Risk, kind: str, logical_id: str, text: str) -> Finding:
    """Return a finding. Less access may be missed by whoever builds on it: minor, too."""
    return Finding(risk=risk, bump=Bump.MINOR, kind=kind, subject=logical_id, text=text)


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


def said_by(resource: Resource) -> Iterator[Grant]:
    """Yield everything a resource says about access."""
    properties = resource.get("Properties", {})
    holders = [text(item) for key in HOLDERS for item in listed(properties.get(key, []))]
    for holder in holders or ["itself"]:
        for document, limits in documents(properties):
            yield from granted(document, holder, limits)
    for arn in listed(properties.get("ManagedPolicyArns", [])):
        yield other(ALLOW, "ManagedPolicyArns", "what the policy allows", text(arn))
    if boundary := properties.get("PermissionsBoundary"):
        yield other(DENY, "PermissionsBoundary", "what it leaves out", text(boundary))
    for key in ROLES:
        if role := properties.get(key):
            yield other(ALLOW, key, "what the role may do", text(role))
    if resource.get("Type") == "AWS::Lambda::Permission":
        yield invocation(properties)
    public = properties.get("PublicAccessBlockConfiguration", {})
    for setting, value in public.items():
        if text(value).lower() == "true":
            yield other(DENY, "PublicAccessBlockConfiguration", setting, "itself")


def other(effect: str, source: str, action: str, resource: str) -> Grant:
    """Return as a grant what is not a statement."""
    return Grant(
        effect=effect,
        source=source,
        action=action,
        principal="itself",
        resource=resource,
        limits=frozenset(),
    )


def invocation(properties: Mapping[str, Any]) -> Grant:
    """Return what ``AWS::Lambda::Permission`` allows."""
    keys = ("SourceAccount", "SourceArn", "PrincipalOrgID", "FunctionUrlAuthType")
    return Grant(
        effect=ALLOW,
        source="permission",
        action=text(properties.get("Action")),
        principal=text(properties.get("Principal")),
        resource=text(properties.get("FunctionName")),
        limits=frozenset(
            Limit(operator="Equals", key=key, values=frozenset({text(properties[key])}))
            for key in keys
            if key in properties
        ),
    )
