"""Patterns of texts, and whether a text can match two of them."""

import string
from collections.abc import Iterator
from dataclasses import dataclass

ANYTHING = None  # as characters: all there are


@dataclass(frozen=True)
class Symbol:
    """A character of a pattern, or any number of them."""

    characters: frozenset[str] | None
    repeats: bool = False


Pattern = tuple[Symbol, ...]


def glob(text: str) -> Pattern:
    """Return the pattern of a policy: ``*`` is any text, ``?`` any character.

    Source: IAM User Guide, "IAM JSON policy elements: Resource". In the middle of an ARN, AWS ends
    ``*`` at a colon; here it goes on, so that a pattern is never taken for narrower than it is.
    """
    wild = {"*": Symbol(ANYTHING, repeats=True), "?": Symbol(ANYTHING)}
    return tuple(wild.get(character) or Symbol(frozenset(character)) for character in text)


def some_of(characters: str) -> Pattern:
    """Return the pattern of one or more of these characters."""
    either = frozenset(characters)
    return (Symbol(either), Symbol(either, repeats=True))


def guid() -> Pattern:
    """Return the pattern of a GUID as CloudFormation writes it."""
    digit = Symbol(frozenset(string.hexdigits.lower()))
    groups = [(digit,) * length for length in (8, 4, 4, 4, 12)]
    return groups[0] + tuple(symbol for group in groups[1:] for symbol in (*glob("-"), *group))


def meet(left: Pattern, right: Pattern) -> bool:
    """Tell whether a text matches both patterns."""
    ends = (len(left), len(right))
    waiting, seen = [(0, 0)], {(0, 0)}
    while waiting:
        place = waiting.pop()
        if place == ends:
            return True
        for following in steps(left, right, *place):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return False


def steps(left: Pattern, right: Pattern, n: int, m: int) -> Iterator[tuple[int, int]]:
    """Yield where both patterns can be after the next character, or without one."""
    one = left[n] if n < len(left) else None
    other = right[m] if m < len(right) else None
    if one and one.repeats:
        yield n + 1, m
    if other and other.repeats:
        yield n, m + 1
    if one and other and share(one.characters, other.characters):
        yield n + (not one.repeats), m + (not other.repeats)


def share(left: frozenset[str] | None, right: frozenset[str] | None) -> bool:
    """Tell whether a character is in both."""
    return left is ANYTHING or right is ANYTHING or not left.isdisjoint(right)
