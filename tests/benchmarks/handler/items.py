"""How large DynamoDB takes an item for, and what it charges to write it."""

from collections.abc import Mapping
from typing import Any

UNIT_BYTES = 1024


def write_units(size: int) -> int:
    """Return the write units of an item with that many bytes."""
    return -(-size // UNIT_BYTES)


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return the bytes of an item, or of a map in one.

    "DynamoDB item sizes and formats" in the Amazon DynamoDB Developer Guide.
    """
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def value_bytes(attribute: Mapping[str, Any]) -> int:
    """Return the bytes of one value."""
    ((kind, value),) = attribute.items()
    if kind == "M":
        return 3 + len(value) + item_bytes(value)
    if kind == "L":
        return 3 + len(value) + sum(value_bytes(entry) for entry in value)
    if kind == "N":
        return len(value) // 2 + 2  # a byte for two digits, and at most two more
    return len(value.encode()) if kind == "S" else 1
