"""Conditions as formulas, written so that equal ones are equal, whatever their order and names."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from serverlessapp.template.values import (
    ABSENT,
    Choice,
    Formula,
    Kind,
    Text,
    Unknown,
    canonical,
    is_scalar,
    joined,
    same,
    scalar,
)

FEW = 6  # comparisons whose outcomes are all tried


def equals(one: Any, other: Any) -> Formula:
    """Return when two values are the same; numbers and truth values compare as texts."""
    left, right = sorted((operand(one), operand(other)), key=canonical)
    if left == right:
        return True
    return False if isinstance(left, str) and isinstance(right, str) else ("equals", left, right)


def operand(value: Any) -> Any:
    """Return a value that can be compared and hashed."""
    if is_scalar(value):
        return scalar(value)
    is_structure = isinstance(value, dict | list)
    return Unknown(Kind.FUNCTION, canonical(value)) if is_structure else value


def negated(formula: Formula) -> Formula:
    """Return when a formula does not hold."""
    if isinstance(formula, bool):
        return not formula
    match formula:
        case ("not", inner):
            return inner
        case ("and" | "or" as name, parts):
            return combined("or" if name == "and" else "and", map(negated, parts))
    return ("not", formula)


def combined(name: str, parts: Iterable[Formula]) -> Formula:
    """Return what ``and`` or ``or`` makes of formulas."""
    decisive = name == "or"
    left: set[Formula] = set()
    for part in parts:
        if part is decisive:
            return decisive
        if not isinstance(part, bool):
            left |= part[1] if part[0] == name else {part}
    if any(negated(part) in left for part in left):
        return decisive
    if len(left) > 1:
        return (name, frozenset(left))
    return left.pop() if left else not decisive


def atoms(formula: Formula) -> Iterator[Formula]:
    """Yield the comparisons that a formula is made of."""
    match formula:
        case bool():
            return
        case ("not", inner):
            yield from atoms(inner)
        case ("and" | "or", parts):
            for part in parts:
                yield from atoms(part)
        case _:
            yield formula


def holds(formula: Formula, truth: Mapping[Formula, bool]) -> bool:
    """Tell whether a formula holds, given the truth of its atoms."""
    match formula:
        case bool():
            return formula
        case ("not", inner):
            return not holds(inner, truth)
        case ("and", parts):
            return all(holds(part, truth) for part in parts)
        case ("or", parts):
            return any(holds(part, truth) for part in parts)
    return truth[formula]


def equivalent(one: Any, other: Any) -> bool:
    """Tell whether two values are the same however their choices turn out.

    Where there are more comparisons than a few, only those are that are written alike.
    """
    if same(one, other):
        return True
    conditions = (*conditions_of(one), *conditions_of(other))
    asked = {atom for condition in conditions for atom in atoms(condition)}
    if not asked or len(asked) > FEW:
        return False
    return all(
        same(chosen(one, truth), chosen(other, truth))
        for truth in (dict(zip(asked, way)) for way in product((True, False), repeat=len(asked)))
    )


def conditions_of(value: Any) -> Iterator[Formula]:
    """Yield the conditions of all choices in a value."""
    if isinstance(value, Choice):
        yield value.condition
        value = [value.then, value.otherwise]
    parts = value.parts if isinstance(value, Text) else value
    if isinstance(parts, (dict, list, tuple)):
        for part in parts.values() if isinstance(parts, dict) else parts:
            yield from conditions_of(part)


def chosen(value: Any, truth: Mapping[Formula, bool]) -> Any:
    """Return a value with its choices made."""
    if isinstance(value, Choice):
        return chosen(value.then if holds(value.condition, truth) else value.otherwise, truth)
    if isinstance(value, dict):
        items = ((key, chosen(item, truth)) for key, item in value.items())
        return {key: item for key, item in items if item is not ABSENT}
    if isinstance(value, (list, Text)):
        parts = (
            chosen(part, truth) for part in (value.parts if isinstance(value, Text) else value)
        )
        return (joined if isinstance(value, Text) else list)(p for p in parts if p is not ABSENT)
    return value


def words(formula: Formula) -> str:
    """Return a formula as people say it, the same for equal ones."""
    match formula:
        case ("equals", str() as text, value) | ("equals", value, text):
            return f'{value} is "{text}"' if isinstance(text, str) else f"{text} is {value}"
        case ("not", inner):
            return f"not ({words(inner)})"
        case ("and" | "or" as name, parts):
            return f" {name} ".join(f"({part})" for part in sorted(map(words, parts)))
        case ("free", text):
            return str(text)
    return scalar(formula)
