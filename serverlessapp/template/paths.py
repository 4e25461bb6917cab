"""Where something is in a template: ``Resources.Pipeline.Properties.Stages[Build].Name``.

Items of a list go by their name if they have one: their numbers are different under other
conditions.
"""

from collections.abc import Iterator, Sequence
from typing import Any


def named(items: Sequence[Any]) -> list[Any]:
    """Return the names of a list's items."""
    return [item.get("Name") for item in items if isinstance(item, dict)]


def placed(path: str, items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the items of a list, each with its path."""
    for index, item in enumerate(items):
        name = item.get("Name") if isinstance(item, dict) else None
        unique = isinstance(name, str) and named(items).count(name) == 1
        yield f"{path}[{name if unique else index}]", item
