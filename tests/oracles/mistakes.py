"""Mistakes that are put into a template, to see an oracle find them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from serverlessapp.template.reading import Json

Change = Callable[[Json], Any]  # of a template's content


def at(content: Json, place: str) -> Any:
    """Return what is at a place: names and positions, with slashes between."""
    found: Any = content
    for name in place.split("/"):
        found = found[int(name) if isinstance(found, list) else name]
    return found


def put(place: str, value: Any) -> Change:
    """Return what puts a value at a place."""
    holder, _, last = place.rpartition("/")

    def change(content: Json) -> None:
        items = at(content, holder)
        items[int(last) if isinstance(items, list) else last] = value

    return change


def property_of(title: str, path: str, value: Any) -> Change:
    """Return what gives a property of a resource a value."""
    return put(f"Resources/{title}/Properties/{path}", value)


def without(place: str) -> Change:
    """Return what takes something away."""
    holder, _, last = place.rpartition("/")

    def change(content: Json) -> None:
        del at(content, holder)[last]

    return change


def replaced(place: str, old: str, new: str) -> Change:
    """Return what replaces a part of a text."""

    def change(content: Json) -> None:
        whole = at(content, place)
        assert old in whole
        put(place, whole.replace(old, new))(content)

    return change


def more(place: str, count: int) -> Change:
    """Return what has the last item of a list that many times more, under other Sids."""

    def change(content: Json) -> None:
        items = at(content, place)
        items += [{**items[-1], "Sid": f"Again{number}"} for number in range(count)]

    return change


def text(title: str, pattern: str, replacement: str) -> Change:
    """Return the change of every text in a resource's properties that matches, code included.

    Raises:
        LookupError: Nothing matches, so the seed has to be mended.
    """

    def change(content: Json) -> None:
        resource = content["Resources"][title]
        changed = substituted(resource["Properties"], pattern, replacement)
        if changed == resource["Properties"]:
            raise LookupError(f"{title} has no {pattern}")
        resource["Properties"] = changed

    return change


def substituted(value: Any, pattern: str, replacement: str) -> Any:
    if isinstance(value, dict):
        return {key: substituted(item, pattern, replacement) for key, item in value.items()}
    if isinstance(value, list):
        return [substituted(item, pattern, replacement) for item in value]
    return re.sub(pattern, replacement, value) if isinstance(value, str) else value


def both(*changes: Change) -> Change:
    """Return several changes as one."""
    return lambda content: [change(content) for change in changes]


def statements(value: Any) -> Iterator[Json]:
    """Yield every statement of every policy in a template."""
    if isinstance(value, dict) and "Effect" in value:
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from statements(item)


def rewrite(name: str, **changes: Any) -> Change:
    """Return the change of all statements that are called so, or grant the action of this name.

    Args:
        name: A ``Sid``, or an action.
        changes: New elements of the statements; None takes one away.

    Raises:
        LookupError: There is no such statement, so the seed has to be mended.
    """

    def change(content: Json) -> None:
        wanted = [
            each
            for each in statements(content["Resources"])
            if name == each.get("Sid") or name in each["Action"]
            if "Principal" in each or "Principal" not in changes
        ]
        if not wanted:
            raise LookupError(f"no statement is about {name}")
        for each in wanted:
            kept = {key: value for key, value in (each | changes).items() if value is not None}
            each.clear()
            each.update(kept)

    return change
