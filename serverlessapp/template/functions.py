"""Intrinsic functions whose arguments are evaluated; None where they cannot tell.

Source: CloudFormation Template Reference, "Intrinsic function reference".
"""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from serverlessapp.template.values import (
    ABSENT,
    Choice,
    Text,
    Unknown,
    is_known,
    is_scalar,
    joined,
    scalar,
)


def has_all_items(items: Any) -> bool:
    """Tell whether a list is known, at least how many items it has."""
    return isinstance(items, list) and not any(
        isinstance(item, Choice) and ABSENT in (item.then, item.otherwise) for item in items
    )


def join(argument: Any) -> Any:
    """Return a text of items and what comes between them."""
    delimiter, items = argument
    if not (isinstance(delimiter, str) and has_all_items(items)):
        return None
    if any(isinstance(item, dict | list) for item in items):
        raise TypeError("it joins strings")
    return joined(part for n, item in enumerate(items) for part in (delimiter, item)[n == 0 :])


def split(argument: Any) -> Any:
    """Return the parts of a text; what is not known might have the delimiter in it."""
    delimiter, text = argument
    return scalar(text).split(scalar(delimiter)) if is_scalar(text) else None


def select(argument: Any) -> Any:
    """Return an item of a list."""
    index, items = argument
    if not (is_scalar(index) and has_all_items(items)):
        return None
    if int(index) < 0:
        raise IndexError("the index is negative")
    return items[int(index)]


def cidr(argument: Any) -> Any:
    """Return blocks of addresses within a block."""
    if not is_known(argument):
        return None
    from ipaddress import ip_network

    block, count, bits = (*argument, 8)[:3]
    network = ip_network(block)
    blocks = network.subnets(new_prefix=network.max_prefixlen - int(bits))
    return [str(block) for block in islice(blocks, min(int(count), 256))]


def to_json(argument: Any) -> Any:
    """Return an object or a list as a text, with what is not known as holes."""
    if not isinstance(argument, dict | list):
        raise TypeError("it needs an object or a list")
    holes: list[Any] = []

    def hole(value: Any) -> Any:
        if isinstance(value, Unknown | Text):
            holes.append(joined(map(escaped, value.parts)) if isinstance(value, Text) else value)
            return f"\0{len(holes) - 1}\0"
        raise TypeError

    try:
        written = json.dumps(argument, default=hole, separators=(",", ":"), ensure_ascii=False)
    except TypeError:  # a choice, which may leave no JSON
        return None
    pieces = written.split("\\u0000")
    return joined(holes[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces))


def escaped(part: Any) -> Any:
    """Return a part of a text as JSON writes it within quotes."""
    return json.dumps(part, ensure_ascii=False)[1:-1] if isinstance(part, str) else part


FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "Fn::Base64": lambda text: b64encode(text.encode()).decode() if isinstance(text, str) else None,
    "Fn::Cidr": cidr,
    "Fn::Join": join,
    "Fn::Length": lambda items: len(items) if has_all_items(items) else None,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::ToJsonString": to_json,
}
