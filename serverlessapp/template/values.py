"""What a value of a template is, as far as the template tells: known, unknown, or a choice.

A value is plain JSON in which these can stand anywhere:

- ``Unknown``: only a stack knows it;
- ``Text``: a text of which parts are unknown;
- ``Choice``: what an ``Fn::If`` gives that cannot be decided;
- ``ABSENT``: nothing, as ``AWS::NoValue`` gives it. It only stands in a ``Choice``.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import Any

from serverlessapp.template.reading import Place

# True, False, or a tuple: ("equals", value, value), ("free", words), ("not", formula),
# ("and", frozenset of formulas), ("or", ...).
Formula = Any
Guards = tuple[tuple[Formula, bool], ...]  # formulas, and whether each holds
WRITE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
CHOICE = '{"if":'  # how canonical writes one
FEW = 12  # choices that are all tried: each doubles the time
# Tuples, because making a union takes longer than asking for it. A bool is an int.
SCALARS = (str, int, float)


class Kind(Enum):
    """What it is that a template does not tell."""

    PARAMETER = "parameter"
    PSEUDO = "pseudo parameter"
    RESOURCE = "resource"  # what Ref of it gives
    ATTRIBUTE = "attribute"
    DYNAMIC = "dynamic reference"
    FUNCTION = "function"


@dataclass(frozen=True)
class Unknown:
    """A value that only a stack knows; equal ones are the same value."""

    kind: Kind
    # Parameter or logical ID; the text between the braces of a dynamic reference; a function with
    # its arguments, as canonical writes them.
    name: str
    attribute: str = ""  # of a resource, like Arn

    def __str__(self) -> str:
        match self.kind:
            case Kind.ATTRIBUTE:
                return f"${{{self.name}.{self.attribute}}}"
            case Kind.DYNAMIC:
                return f"{{{{resolve:{self.name}}}}}"
            case Kind.FUNCTION:
                return self.name
        return f"${{{self.name}}}"


@dataclass(frozen=True)
class Text:
    """A text with holes."""

    parts: tuple[Any, ...]  # texts, and between them what is not known: Unknown and Choice

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


@dataclass(frozen=True, eq=False)
class Choice:
    """One of two values, which may be ``ABSENT``."""

    condition: Formula
    then: Any
    otherwise: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Choice) and canonical(self) == canonical(other)

    def __hash__(self) -> int:
        return hash(canonical(self))

    def __str__(self) -> str:
        return canonical(self)


class Absent(Enum):
    """The type of ``ABSENT``, of which there is one."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Object(dict[str, Any]):
    """An object of a template, evaluated, and where it is written."""

    place: Place = ()

    @classmethod
    def at(cls, place: Place, entries: Iterable[tuple[str, Any]]) -> "Object":
        """Return one with what is not absent of its entries."""
        made = cls((key, item) for key, item in entries if item is not ABSENT)
        made.place = place
        return made


class Items(list[Any]):
    """A list of a template, evaluated, and where it is written."""

    place: Place = ()

    @classmethod
    def at(cls, place: Place, items: Iterable[Any]) -> "Items":
        """Return one with what is not absent of its items."""
        made = cls(item for item in items if item is not ABSENT)
        made.place = place
        return made


def is_scalar(value: Any) -> bool:
    """Tell whether a value is one that is known, and is neither an object nor a list."""
    return isinstance(value, SCALARS)


def scalar(value: Any) -> str:
    """Return a scalar as CloudFormation passes it on: ``true`` is ``"true"``, 1 is ``"1"``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def number(value: Any) -> float | None:
    """Return a number, however it is written; None if it is no number, or not known."""
    try:
        return float(scalar(value)) if is_scalar(value) else None
    except ValueError:
        return None


def canonical(value: Any) -> str:
    """Return the one way to write a value, for comparison, sorting and people.

    Scalars that CloudFormation takes for the same are written the same.
    """
    return WRITE(plain(value))


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, str):  # most are
        return value
    if isinstance(value, Unknown):
        return {"?": [value.kind.value, value.name, value.attribute]}
    if isinstance(value, Text):  # one that is nothing but a hole is the same as what is in it
        parts = [plain(part) for part in value.parts]
        return {"text": parts} if len(parts) > 1 else parts[0]
    if isinstance(value, Choice):
        return {"if": [plain(value.condition), plain(value.then), plain(value.otherwise)]}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(plain, value), key=json.dumps)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return scalar(value) if is_scalar(value) else None


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same to CloudFormation, as far as is known."""
    if one is other:
        return True
    if isinstance(one, str) and isinstance(other, str):  # most are
        return one == other
    if is_scalar(one) and is_scalar(other):
        return scalar(one) == scalar(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Choice) and isinstance(other, Choice):
        return (
            one.condition == other.condition
            and same(one.then, other.then)
            and same(one.otherwise, other.otherwise)
        )
    is_equal = type(one) is type(other) and one == other
    return is_equal or canonical(one) == canonical(other)


def joined(parts: Iterable[Any]) -> Any:
    """Return the text that parts make: a ``str`` if all of it is known, else a ``Text``."""
    pieces: list[Any] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            if isinstance(piece, (Unknown, Choice)):
                pieces.append(piece)
            elif pieces and isinstance(pieces[-1], str):
                pieces[-1] += scalar(piece)
            elif scalar(piece):
                pieces.append(scalar(piece))
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(pieces)
    return Text(tuple(pieces))


def options(value: Any, guards: Guards = ()) -> Iterator[tuple[Any, Guards]]:
    """Yield each value that a choice can give, ``ABSENT`` too, and when it does."""
    if isinstance(value, Choice):
        yield from options(value.then, (*guards, (value.condition, True)))
        yield from options(value.otherwise, (*guards, (value.condition, False)))
    else:
        yield value, guards


def alternatives(value: Any, guards: Guards = ()) -> Iterator[tuple[Any, Guards]]:
    """Yield each value that a choice can give, and when it does; never ``ABSENT``."""
    return (option for option in options(value, guards) if option[0] is not ABSENT)


def ways(value: Any, guards: Guards = ()) -> list[tuple[Any, Guards]]:
    """Return a value for each way in which all choices in it can turn out, and when it does."""
    if isinstance(value, Choice):
        return [
            way
            for branch, holds in ((value.then, True), (value.otherwise, False))
            if (value.condition, not holds) not in guards
            for way in ways(branch, (*guards, (value.condition, holds)))
        ]
    parts = value.parts if isinstance(value, Text) else value
    if not isinstance(parts, (dict, list, tuple)):
        return [(value, guards)]
    made: list[tuple[dict[Any, Any], Guards]] = [({}, guards)]
    for key, item in parts.items() if isinstance(parts, dict) else enumerate(parts):
        made = [
            (whole if part is ABSENT else {**whole, key: part}, when)
            for whole, around in made
            for part, when in ways(item, around)
        ]
    if isinstance(parts, dict):
        return made
    kind = joined if isinstance(value, Text) else list
    return [(kind(whole.values()), when) for whole, when in made]


def equivalent(one: Any, other: Any) -> bool:
    """Tell whether values are the same however their choices turn out, if these are few."""
    if same(one, other):
        return True
    choices = sum(canonical(value).count(CHOICE) for value in (one, other))
    return 0 < choices <= FEW and all(
        same(mine, theirs) for mine, when in ways(one) for theirs, _ in ways(other, when)
    )


def is_known(value: Any) -> bool:
    """Tell whether nothing in a value is unknown or a choice."""
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    if isinstance(value, list):
        return all(map(is_known, value))
    return not isinstance(value, (Unknown, Text, Choice))


def rendered(value: Any, fill: Callable[[Unknown], Iterable[str]]) -> Iterator[str]:
    """Yield each text that a scalar value can be, filled with one text or several for a hole."""
    for alternative, _ in alternatives(value):
        if isinstance(alternative, Unknown):
            yield from fill(alternative)
        elif isinstance(alternative, Text):
            options = [list(rendered(part, fill)) for part in alternative.parts]
            yield from map("".join, product(*options))
        else:
            yield scalar(alternative)
