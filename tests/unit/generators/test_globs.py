"""Two patterns meet where a text matches both, which is tried out here."""

import re
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from generators.globs import glob, guid, meet, some_of

LONGEST = 4
patterns = st.text("ab*?", max_size=LONGEST)
# The shortest text that matches both is no longer than both patterns together.
TEXTS = [
    "".join(text) for length in range(2 * LONGEST + 1) for text in product("ab", repeat=length)
]


def matches(pattern: str, text: str) -> bool:
    return bool(re.fullmatch(pattern.replace("*", ".*").replace("?", "."), text))


@given(patterns, patterns)
def test_patterns_meet_where_brute_force_finds_a_text(left: str, right: str) -> None:
    found = any(matches(left, text) and matches(right, text) for text in TEXTS)
    assert meet(glob(left), glob(right)) is found


def test_characters_other_than_wildcards_are_literal() -> None:
    assert meet(glob("[a]"), glob("[a]"))
    assert not meet(glob("[a]"), glob("a"))
    assert not meet(glob("a"), glob("A"))


def test_classes_take_what_is_in_them() -> None:
    assert meet(some_of("ab"), glob("abba"))
    assert not meet(some_of("ab"), glob("abc"))
    assert not meet(some_of("ab"), glob(""))
    assert meet(guid(), glob("6d4c2be2-9f59-11f0-a2b6-0e190c227d73"))
    assert not meet(guid(), glob("6d4c2be2*x"))
