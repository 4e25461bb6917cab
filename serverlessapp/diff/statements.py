"""Takes policy statements apart: who may do what with which, under which conditions."""

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from serverlessapp.diff.grants import ALL_BUT, Grant, Limit
from serverlessapp.template.first_evaluation import NO_VALUE


def documents(value: Any, limits: frozenset[Limit] = frozenset()) -> Iterator[tuple[Any, Any]]:
    """Yield each policy document at any depth, with the ``Fn::If`` around it."""
    if isinstance(value, list):
        for item in value:
            yield from documents(item, limits)
    elif isinstance(value, dict):
        if "Statement" in value:
            yield value, limits
        elif value.keys() == {"Fn::If"}:
            for branch, limit in branches(value):
                yield from documents(branch, limits | {limit})
        else:
            for item in value.values():
                yield from documents(item, limits)


def granted(document: Mapping[str, Any], holder: str, limits: frozenset[Limit]) -> Iterator[Grant]:
    """Yield what an evaluated policy document says, statement by statement.

    The holder is meant where a statement names no principal; the limits are around all of it.
    """
    for statement, around in statements(document["Statement"], limits):
        actions = elements(statement, "Action")
        resources = elements(statement, "Resource") or [holder]
        principals = principals_of(statement) or [holder]
        for action, principal, resource in product(actions, principals, resources):
            yield Grant(
                effect=text(statement.get("Effect")),
                source=text(statement.get("Sid", "a statement")),
                action=action,
                principal=principal,
                resource=resource,
                limits=around | limits_of(statement),
            )


def statements(value: Any, limits: frozenset[Limit]) -> Iterator[tuple[Any, frozenset[Limit]]]:
    """Yield each statement, with the ``Fn::If`` around it."""
    for item in listed(value):
        if isinstance(item, dict) and item.keys() == {"Fn::If"}:
            for branch, limit in branches(item):
                yield from statements(branch, limits | {limit})
        elif isinstance(item, dict) and "Effect" in item:
            yield item, limits


def branches(choice: Mapping[str, Any]) -> Iterator[tuple[Any, Limit]]:
    """Yield both branches of an ``Fn::If`` that cannot be decided, and when they hold."""
    condition, then, otherwise = choice["Fn::If"]
    for branch, holds in ((then, "true"), (otherwise, "false")):
        if branch != NO_VALUE:
            yield branch, Limit(operator="if", key=text(condition), values=frozenset({holds}))


def elements(statement: Mapping[str, Any], name: str) -> list[str]:
    """Return the actions or resources of a statement. What it excludes becomes one phrase."""
    if (excluded := statement.get(f"Not{name}")) is not None:
        return [ALL_BUT + ", ".join(sorted(map(text, listed(excluded))))]
    return [text(item) for item in listed(statement.get(name, []))]


def principals_of(statement: Mapping[str, Any]) -> list[str]:
    """Return the principals of a statement, as ``Service:lambda.amazonaws.com``."""
    if (excluded := statement.get("NotPrincipal")) is not None:
        return [ALL_BUT + text(excluded)]
    principal = statement.get("Principal", {})
    if not isinstance(principal, dict) or is_function(principal):
        return [text(principal)]
    named = [(kind, text(name)) for kind, names in principal.items() for name in listed(names)]
    return ["*" if name == "*" else f"{kind}:{name}" for kind, name in named]


def limits_of(statement: Mapping[str, Any]) -> frozenset[Limit]:
    """Return the conditions of a statement."""
    return frozenset(
        Limit(operator=operator, key=key, values=frozenset(map(text, listed(values))))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in (keys if isinstance(keys, dict) else {"": keys}).items()
    )


def is_function(value: Any) -> bool:
    """Tell whether a value is an intrinsic function."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and all(key == "Ref" or key.startswith("Fn::") for key in value)
    )


def listed(value: Any) -> list[Any]:
    """Return a list: policies take one item for a list of one."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """Return a text in one way of writing, with ``${Name.Attribute}`` for references."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and len(value) == 1:
        ((name, argument),) = value.items()
        if name == "Ref":
            return f"${{{argument}}}"
        if name == "Fn::GetAtt" and all(isinstance(part, str) for part in argument):
            return f"${{{'.'.join(argument)}}}"
        if name == "Fn::Sub" and isinstance(argument, str):
            return argument
        if name == "Fn::Sub":
            pattern, given = argument
            for variable, item in given.items():
                pattern = pattern.replace(f"${{{variable}}}", text(item))
            return str(pattern)
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
