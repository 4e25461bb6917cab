"""Conditions as formulas, written so that equal ones are equal, whatever their order and names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from serverlessapp.template.values import Formula, Kind, Unknown, canonical, is_scalar, scalar


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
