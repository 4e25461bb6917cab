"""A team's own stack policy: a JSON file beside ``delivery.toml``.

Source: CloudFormation User Guide, "Prevent updates to stack resources"; CloudFormation API
Reference, "SetStackPolicy", for the size.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Never

from serverlessapp.errors import OperatorError

MOST_BYTES = 16_384
ACTIONS = ("Update:*", "Update:Modify", "Update:Replace", "Update:Delete")
RESOURCE = "LogicalResourceId/"
KEYS = ("Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition")


class StackPolicyError(OperatorError):
    """The file is no stack policy; the message says what is wrong with it."""


def read(path: Path) -> dict[str, Any]:
    """Return the content of a stack policy.

    Raises:
        StackPolicyError: It cannot be read, or CloudFormation would refuse it.
    """
    try:
        data = path.read_bytes()
        content = json.loads(data.decode("utf-8-sig"), parse_constant=refuse_constant)
        size = len(json.dumps(content).encode())
    except OSError as error:
        raise StackPolicyError(f"{path} cannot be read: {error.strerror}") from error
    except (RecursionError, ValueError) as error:
        raise StackPolicyError(f"{path} is not valid JSON in UTF-8: {error}") from error
    if size > MOST_BYTES:
        raise StackPolicyError(f"{path} has {size:,} bytes; the maximum is {MOST_BYTES:,}")
    for words in errors(content):
        raise StackPolicyError(f"{path}: {words}")
    return dict(content)


def refuse_constant(name: str) -> Never:
    """Refuse NaN and Infinity, which Python takes for JSON."""
    raise ValueError(f"{name} is not valid in JSON")


def errors(content: Any) -> Iterator[str]:
    listed = content.get("Statement") if isinstance(content, dict) else None
    if not isinstance(listed, list) or not listed or not all(isinstance(s, dict) for s in listed):
        yield 'a stack policy is {"Statement": [{...}, ...]}'
        return
    if extra := sorted(content.keys() - {"Statement", "Version"}):
        yield f"unknown key {extra[0]}: a stack policy has only Statement"
    for number, statement in enumerate(listed, 1):
        yield from (f"statement {number}: {words}" for words in errors_of_statement(statement))


def errors_of_statement(statement: dict[str, Any]) -> Iterator[str]:
    if extra := sorted(statement.keys() - {*KEYS}):
        yield f"unknown key {extra[0]}; known: {', '.join(KEYS)}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Effect must be Allow or Deny"
    if statement.get("Principal") != "*":
        yield 'Principal must be "*"'
    for names in (("Action", "NotAction"), ("Resource", "NotResource")):
        if len({*names} & statement.keys()) != 1:
            yield f"it needs exactly one of {' and '.join(names)}"
    for action in texts(statement, "Action"):
        if action not in ACTIONS:
            yield f"Action must be one or more of {', '.join(ACTIONS)}; it is {json.dumps(action)}"
    for resource in texts(statement, "Resource"):
        named = isinstance(resource, str) and resource.startswith(RESOURCE)
        if resource != "*" and not (named and resource != RESOURCE):
            yield f'Resource must be "*" or "{RESOURCE}NAME"; it is {json.dumps(resource)}'
    if not isinstance(statement.get("Condition", {}), dict):
        yield "Condition must be an object"


def texts(statement: dict[str, Any], name: str) -> Iterator[Any]:
    """Yield what a statement says under a name and its negation, one or a list."""
    for key in (name, f"Not{name}"):
        value = statement.get(key, [])
        yield from value if isinstance(value, list) else [value]


def resources(content: dict[str, Any]) -> Iterator[str]:
    """Yield the logical IDs that a policy names, without patterns."""
    for statement in content["Statement"]:
        for resource in texts(statement, "Resource"):
            name = str(resource).removeprefix(RESOURCE)
            if not {*name} & {*"*?"}:
                yield name
