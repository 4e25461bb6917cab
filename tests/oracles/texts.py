"""The shortest and the longest texts that a parameter takes, made from its pattern.

Each class of characters gives all of its printable ASCII characters in turn, so that a long text
has every character that a service may refuse.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import count, product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]
# CloudFormation User Guide, "Understand CloudFormation quotas": bytes of a parameter's value.
LONGEST = 4096
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)

Items = Sequence[tuple[Any, Any]]


def extremes(pattern: str, longest: int = LONGEST, first: int = 0) -> list[str]:
    """Return a shortest and a longest text for each way through a pattern, shorter ones first.

    Args:
        pattern: As in ``AllowedPattern``.
        longest: How many characters there may be.
        first: With which of its characters a class begins, so that two texts can differ.
    """
    made = set()
    for items in ways(_parser.parse(pattern)):
        room = longest - len(spelled(items, first, 0))
        made |= {spelled(items, first, None), spelled(items, first, max(room, 0))}
    fitting = {text for text in made if len(text) <= longest and re.fullmatch(pattern, text)}
    return sorted(fitting, key=len)


def ways(items: Any) -> Iterator[Items]:
    """Yield the pattern once for each combination of its alternatives."""
    options: list[list[Items]] = []
    for kind, argument in items:
        if kind is op.SUBPATTERN:
            options.append(list(ways(argument[-1])))
        elif kind is op.BRANCH:
            options.append([way for branch in argument[1] for way in ways(branch)])
        else:
            options.append([[(kind, argument)]])
    for combination in product(*options):
        yield [item for part in combination for item in part]


def spelled(items: Items, first: int, room: int | None) -> str:
    """Return a text: a shortest one, or one with as many repetitions as may be.

    Args:
        items: The pattern, without alternatives.
        first: See ``extremes``.
        room: How often the first repetition without an end comes besides once; None for as few
            repetitions as may be.
    """
    turn, left = count(first), [room or 0]

    def text(items: Items) -> Iterator[str]:
        for kind, argument in items:
            if kind is op.LITERAL:
                yield chr(argument)
            elif kind in REPEATS:
                low, high, body = argument
                times = low if room is None else high
                if times is op.MAXREPEAT:
                    times = max(low, 1) + (0 if has_endless(body) or not left else left.pop())
                for _ in range(times):
                    yield from text(next(ways(body)))
            elif kind in (op.IN, op.NOT_LITERAL, op.ANY):
                members = characters(kind, argument)
                yield members[next(turn) % len(members)]

    return "".join(text(items))


def has_endless(body: Any) -> bool:
    """Tell whether something in it is repeated without an end."""
    return any(
        (kind in REPEATS and (argument[1] is op.MAXREPEAT or has_endless(argument[-1])))
        or (kind is op.SUBPATTERN and has_endless(argument[-1]))
        for kind, argument in body
    )


def characters(kind: Any, argument: Any) -> list[str]:
    """Return the printable characters of a class."""
    if kind is op.ANY:
        return PRINTABLE
    entries = [(op.LITERAL, argument)] if kind is op.NOT_LITERAL else argument
    codes: set[int] = set()
    for entry, value in entries:
        if entry is op.RANGE:
            codes.update(range(value[0], value[1] + 1))
        elif entry is op.LITERAL:
            codes.add(value)
        elif entry is not op.NEGATE:
            raise LookupError(f"nobody says which characters {entry} has")
    is_negated = kind is op.NOT_LITERAL or entries[0][0] is op.NEGATE
    return [character for character in PRINTABLE if (ord(character) in codes) != is_negated]
