"""What DynamoDB would refuse is refused in memory, too."""

from typing import Any

import pytest

from local.process.items import refusal


def nested(levels: int) -> Any:
    value: Any = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"a": {"S": "x" * (400 * 1024 - 1)}}, None),
        ({"a": {"S": "x" * (400 * 1024)}}, "size"),
        ({"a": {"S": "\N{EURO SIGN}" * 140_000}}, "size"),
        ({"a": {"B": b"x" * (400 * 1024)}}, "size"),
        ({"a": {"M": {"b": {"L": [{"N": "1" * 38}] * 20_000}}}}, "size"),
        ({"a": {"L": [{"NULL": True}, {"BOOL": False}]}, "b": {"N": "0"}}, None),
        ({"a": nested(32)}, None),
        ({"a": nested(33)}, "Nesting"),
        ({"a": {"M": {"b": nested(32)}}}, "Nesting"),
    ],
)
def test_size_and_depth(item: Any, words: str | None) -> None:
    found = refusal(item)
    assert words in found if words and found else found is words
