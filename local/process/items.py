"""What DynamoDB does not store (Amazon DynamoDB Developer Guide, "Constraints", "Item sizes")."""

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

MOST_BYTES = 400 * 1024
MOST_LEVELS = 32
EXACT = Context(prec=38)  # digits of a number, of which Decimal keeps 28 by itself


def refusal(item: Mapping[str, Any]) -> str | None:
    """Return in which words DynamoDB refuses an item, if it does."""
    if sum(len(name.encode()) + size(value) for name, value in item.items()) > MOST_BYTES:
        return "Item size has exceeded the maximum allowed size"
    if max(map(levels, item.values()), default=0) > MOST_LEVELS:
        return f"Nesting Levels have exceeded supported limits: {MOST_LEVELS}"
    return None


def size(value: Mapping[str, Any]) -> int:
    """Return the bytes of an attribute's value; a number has about half a byte for each digit."""
    ((kind, content),) = value.items()
    if kind == "M":
        return 3 + sum(len(name.encode()) + 1 + size(each) for name, each in content.items())
    if kind == "L":
        return 3 + sum(1 + size(each) for each in content)
    if kind == "N":
        return len(Decimal(content).normalize(EXACT).as_tuple().digits) // 2 + 2
    if kind in ("S", "B"):
        return len(content.encode() if isinstance(content, str) else content)
    return 1


def levels(value: Mapping[str, Any]) -> int:
    """Return how many lists and maps are within each other."""
    ((kind, content),) = value.items()
    inner = {"M": getattr(content, "values", list), "L": lambda: content}.get(kind)
    return 1 + max(map(levels, inner()), default=0) if inner else 0
