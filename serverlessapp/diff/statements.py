"""Takes policy statements apart: who may do what with which, under which conditions."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from serverlessapp.diff.grants import ALL_BUT, SEPARATOR, Grant, Limit
from serverlessapp.template.formulas import words
from serverlessapp.template.policies import Statement, listed
from serverlessapp.template.values import (
    ABSENT,
    Guards,
    Text,
    Unknown,
    canonical,
    is_scalar,
    options,
    scalar,
    ways,
)

ACCOUNT = re.compile(r"arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):iam::([0-9]+|\$\{[^}]+\}):root")


def granted(statement: Statement, holders: tuple[str, ...], around: Guards) -> Iterator[Grant]:
    """Yield what a statement says; where it names no principal, the holders are meant.

    ``around``: when its resource is there.
    """
    content = statement.content
    for actions, resources, principals in product(
        grouped(elements(content, "Action")),
        grouped(elements(content, "Resource") or [("itself", ())]),
        grouped(principals_of(content) or [(holder, ()) for holder in holders]),
    ):
        guards = (*around, *statement.guards, *actions[1], *resources[1], *principals[1])
        for effect, when in options(content["Effect"], guards):
            for limits, then in limits_of(content.get("Condition", {}), when):
                if is_possible(then):
                    yield Grant(
                        effect=text(effect),
                        source=statement.sid or "a statement",
                        actions=actions[0],
                        resources=resources[0],
                        principals=principals[0],
                        limits=limits | under(then),
                    )


def grouped(items: Iterable[tuple[str, Guards]]) -> list[tuple[tuple[str, ...], Guards]]:
    """Return the texts that are there under the same conditions, with these."""
    groups: dict[Guards, dict[str, None]] = defaultdict(dict)
    for item, guards in items:
        groups[guards][item] = None
    return [(tuple(texts), guards) for guards, texts in groups.items()]


def elements(content: Mapping[str, Any], name: str) -> list[tuple[str, Guards]]:
    """Return the actions or resources of a statement. What it excludes becomes one phrase."""
    if (excluded := content.get(f"Not{name}")) is not None:
        return [(all_but(excluded), ())]
    return [(text(item), guards) for item, guards in listed(content.get(name, []))]


def principals_of(content: Mapping[str, Any]) -> list[tuple[str, Guards]]:
    """Return the principals of a statement, as ``Service:lambda.amazonaws.com``."""
    if (excluded := content.get("NotPrincipal")) is not None:
        named = list(named_by(excluded))
        is_certain = not any(guards for _, guards in named)
        return [(all_but([name for name, _ in named] if is_certain else excluded), ())]
    return list(named_by(content.get("Principal", {})))


def named_by(principal: Any) -> Iterator[tuple[str, Guards]]:
    """Yield the principals that an element names, an account by its ID.

    Source: IAM User Guide, "AWS JSON policy elements: Principal": an account's ID, or its ARN
    that ends in ``:root``.
    """
    for kinds, around in options(principal):
        if not isinstance(kinds, dict):
            yield text(kinds), around
            continue
        for kind, names in kinds.items():
            for name, guards in listed(names, around):
                account = ACCOUNT.fullmatch(text(name)) if kind == "AWS" else None
                whole = "*" if name == "*" else f"{kind}:{account[1] if account else text(name)}"
                yield whole, guards


def all_but(excluded: Any) -> str:
    """Return the phrase for what a statement excludes."""
    items = excluded if isinstance(excluded, list) else [excluded]
    return ALL_BUT + SEPARATOR.join(sorted(map(text, items)))


def limits_of(conditions: Any, around: Guards) -> Iterator[tuple[frozenset[Limit], Guards]]:
    """Yield the conditions of a statement, for each way in which they can turn out."""
    for whole, guards in ways(conditions, around):
        # What is not known, nothing else covers.
        entries = (
            whole if isinstance(whole, dict) else {} if whole is ABSENT else {"Condition": whole}
        )
        limits = {
            Limit(operator=operator, key=key, values=frozenset(map(text, listed)))
            for operator, keys in entries.items()
            for key, values in (keys if isinstance(keys, dict) else {"": keys}).items()
            for listed in [values if isinstance(values, list) else [values]]
        }
        yield frozenset(limits), guards


def under(guards: Guards) -> frozenset[Limit]:
    """Return the conditions of the template under which something is there, as limits."""
    return frozenset(
        Limit(operator="if", key=words(formula), values=frozenset({scalar(holds)}))
        for formula, holds in guards
    )


def is_possible(guards: Guards) -> bool:
    """Tell whether no condition has to hold and not to hold."""
    return len({formula for formula, _ in guards}) == len(set(guards))


def text(value: Any) -> str:
    """Return a text in one way of writing, with ``${Name.Attribute}`` for references."""
    if is_scalar(value):
        return scalar(value)
    return str(value) if isinstance(value, Unknown | Text) else canonical(value)
