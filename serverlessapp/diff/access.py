"""Findings about access: what a template newly allows, and what it no longer does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from serverlessapp.diff import exposure, security_groups
from serverlessapp.diff.grants import ALLOW, DENY, Grant, Limit, added
from serverlessapp.diff.model import Bump, Finding, Risk
from serverlessapp.diff.permissions import grants_of
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import same


def findings(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what is widened and what is narrowed, and what may be."""
    yield from of_grants(old, new)
    yield from security_groups.findings(old, new)
    yield from exposure.findings(old, new)


def of_grants(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Finding]:
    """Yield what is widened and what is narrowed, for each statement of each resource.

    Less access may be missed by whoever builds on it, so both raise the minor version.
    """
    for logical_id in {**old, **new}:
        was, now = old.get(logical_id), new.get(logical_id)
        if (
            was
            and now
            and (was.type, was.exists) == (now.type, now.exists)
            and same(was.properties, now.properties)
        ):
            continue
        had, has = list(grants_of(was)), list(grants_of(now))
        for risk, kind, words, grants in (
            (Risk.REVIEW, "IAM widened", "allows", added(had, has, ALLOW)),
            (Risk.REVIEW, "IAM widened", "no longer denies", added(has, had, DENY)),
            (Risk.SAFE, "IAM narrowed", "no longer allows", added(has, had, ALLOW)),
            (Risk.SAFE, "IAM narrowed", "denies", added(had, has, DENY)),
            *(
                (Risk.REVIEW, "IAM widened", f"{effect} of", added(had, has, effect))
                for effect in sorted({grant.effect for grant in has} - {ALLOW, DENY})
            ),
        ):
            for line in described(words, grants):
                yield Finding(risk, Bump.MINOR, logical_id, kind, line)


def described(words: str, grants: Iterable[Grant]) -> Iterator[str]:
    """Yield a line for each statement and its conditions."""
    groups: dict[tuple[str, frozenset[Limit]], list[Grant]] = defaultdict(list)
    for grant in grants:
        groups[grant.source, grant.limits].append(grant)
    for (source, limits), members in groups.items():
        actions = in_words(item for grant in members for item in grant.actions)
        resources = in_words(item for grant in members for item in grant.resources)
        principals = in_words(item for grant in members for item in grant.principals)
        conditions = ", ".join(sorted(f"{limit.operator} {limit.key}" for limit in limits))
        when = f", if {conditions}" if conditions else ""
        yield f"{source}: {words} {actions} on {resources} to {principals}{when}"


def in_words(items: Iterable[str]) -> str:
    """Return the items without repetitions, in order."""
    return ", ".join(dict.fromkeys(items))
