"""What a processor may return, and that the ledger has it signed, as it will be read again."""

import enum
import json
import sys
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from types import MappingProxyType, ModuleType
from typing import Any, cast

import botocore.session
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from tests.entries import SIGNED, canonical, signature

from .conftest import BUCKET, PASSWORD, World, recorded

KEY = "uploads/readings.txt"


def entered(world: World, result: object) -> dict[str, Any]:
    """Return the entry of a file for which the processor returns something."""
    world.runtime.processor = lambda file, context: result
    assert world.handle(recorded("put")) == []
    assert not world.sqs.parked
    return world.dynamodb.rows[KEY]


def reason(world: World, result: object) -> str:
    """Return why a file was parked for which the processor returns something."""
    world.runtime.processor = lambda file, context: result
    assert world.handle(recorded("put")) == []
    assert not world.dynamodb.rows
    (parked,) = world.sqs.parked
    return str(parked["MessageAttributes"]["Reason"]["StringValue"])


@pytest.mark.parametrize("result", [None, {}, {"words": 1}, {"size": "mine", "signature": "mine"}])
def test_every_entry_is_signed(world: World, result: object) -> None:
    """Whatever the processor returns, names of the entry's own included."""
    entry = entered(world, result)
    assert entry["signature"] == {"S": signature(entry, PASSWORD, BUCKET)}
    assert entry["secret_version"] == {"S": "version-1"}
    assert entry["form"] == {"N": "1"}
    assert entry["processor"] == {"S": "receipts"}
    assert entry["receipt"]["M"].keys() == (cast("dict[str, object]", result) or {}).keys()


def test_the_form_that_is_documented(index: ModuleType) -> None:
    """One entry to the letter: whoever checks with another language needs this text."""
    file = index.File(
        bucket="b",
        key="uploads/ü.txt",
        version_id="v",
        size=5,
        etag="e",
        sequencer="0A",
        event_time="2026-11-01T10:00:00.000Z",
    )
    secret = index.Secret(version_id="s", values={"password": "pässword"})
    receipt = {"total": Decimal("1.50"), "raw": b"\0\xff", "rows": [1, None, True]}
    entry = index.signed_entry(file, receipt, "csv", secret)
    text = (
        '{"bucket":{"S":"b"},"etag":{"S":"e"},"form":{"N":"1"},'
        '"object_key":{"S":"uploads/\\u00fc.txt"},"processor":{"S":"csv"},'
        '"receipt":{"M":{"raw":{"B":"AP8="},"rows":{"L":[{"N":"1"},{"NULL":true},{"BOOL":true}]},'
        '"total":{"N":"1.5"}}},"sequencer":{"S":"0A' + "0" * 62 + '"},"size":{"N":"5"},'
        '"version_id":{"S":"v"}}'
    )
    expected = index.hmac.new("pässword".encode(), text.encode(), "sha256").hexdigest()
    assert entry["signature"] == {"S": expected}


@pytest.mark.parametrize("name", [*SIGNED, "bucket"])
def test_what_is_signed_cannot_be_changed(world: World, name: str) -> None:
    entry = entered(world, {"digits": Decimal("12345678901234567890123456789012345678")})
    assert signature(entry, PASSWORD, "another") != entry["signature"]["S"]
    changes: dict[str, Any] = {
        "receipt": {"M": {"digits": {"N": "12345678901234567890123456789012345679"}}},
        "form": {"N": "2"},
        "size": {"N": "6"},
    }
    if name != "bucket":
        forged = entry | {name: changes.get(name, {"S": "forged"})}
        assert signature(forged, PASSWORD, BUCKET) != entry["signature"]["S"]


TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**38) + 1, 10**38 - 1)
    | st.floats(-9e125, 9e125).filter(lambda value: not 0 < abs(value) < 1e-130)
    | TEXTS
    | st.binary(),
    lambda values: st.lists(values) | st.dictionaries(TEXTS, values),
    max_leaves=20,
)


@given(st.dictionaries(st.text("ab", max_size=3), VALUES))
def test_what_is_written_is_the_form_that_is_signed(
    index: ModuleType, receipt: dict[str, object]
) -> None:
    """So nothing that DynamoDB does to numbers can change what is read again."""
    attribute = index.attribute(receipt)
    plain = json.loads(index.CANONICAL.encode(attribute))
    assert plain == canonical(attribute)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (Decimal("-0E+5"), "0"),
        (2.0, "2"),
        (1.50, "1.5"),
        (0.1, "0.1"),
        (1e-05, "0.00001"),
        (1e20, "1" + "0" * 20),
        (Decimal("12.50"), "12.5"),
        (Decimal("1E+2"), "100"),
        (10**100, "1" + "0" * 100),
        (Decimal("1E-130"), "0." + "0" * 129 + "1"),
        (Decimal("-9.9999999999999999999999999999999999999E+125"), "-" + "9" * 38 + "0" * 88),
        (HTTPStatus.OK, "200"),
    ],
)
def test_numbers(world: World, value: object, text: str) -> None:
    assert entered(world, {"n": value})["receipt"] == {"M": {"n": {"N": text}}}


@pytest.mark.parametrize(
    "value",
    [
        *(float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN")),
        *(Decimal("Infinity"), 10**126, 10**5000, -(10**126), Decimal("1E+999999"), 1e200),
        *(
            Decimal("1E-131"),
            1e-200,
            10**38 + 1,
            Decimal("1.23456789012345678901234567890123456789"),
        ),
    ],
    ids=lambda value: format(value, ".3g") if isinstance(value, float) else type(value).__name__,
)
def test_numbers_that_dynamodb_has_not(world: World, value: object) -> None:
    """Refused in words, and not rounded, before DynamoDB is asked."""
    assert "a receipt cannot hold that: " in reason(world, {"list": [{"n": value}]})


@dataclass
class Summary:
    """A result that a processor may build."""

    rows: int


class Colour(enum.StrEnum):
    """A choice that a processor may return."""

    RED = "red"


@pytest.mark.parametrize(
    ("result", "attribute"),
    [
        (
            {"tags": ("a", None, True)},
            {"tags": {"L": [{"S": "a"}, {"NULL": True}, {"BOOL": True}]}},
        ),
        ({"raw": b"\0", "none": b""}, {"raw": {"B": b"\0"}, "none": {"B": b""}}),
        ({1: "a", None: "b"}, {"1": {"S": "a"}, "None": {"S": "b"}}),
        (OrderedDict(a=""), {"a": {"S": ""}}),
        (defaultdict(int, a=1), {"a": {"N": "1"}}),
        (MappingProxyType({"a": {}}), {"a": {"M": {}}}),
        (asdict(Summary(3)), {"rows": {"N": "3"}}),
        ({"colour": Colour.RED}, {"colour": {"S": "red"}}),
    ],
)
def test_what_a_receipt_can_hold(
    world: World, result: Mapping[object, object], attribute: Mapping[str, Any]
) -> None:
    entry = entered(world, result)
    assert entry["receipt"] == {"M": attribute}
    assert entry["signature"] == {"S": signature(entry, PASSWORD, BUCKET)}


LOOP: list[object] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "a receipt cannot hold a object, only"),
        ({1, 2}, "a receipt cannot hold a set, only"),
        (datetime.now(UTC), "a receipt cannot hold a datetime, only"),
        (bytearray(b"x"), "a receipt cannot hold a bytearray, only"),
        (Summary(1), "a receipt cannot hold a Summary, only"),
        (1j, "a receipt cannot hold a complex, only"),
        (LOOP, "a receipt cannot hold that"),
        ("\ud800", "a receipt cannot hold that"),
        ({"\udcff": 1}, "a receipt cannot hold that"),
        ({1: "a", "1": "b"}, "two names that become the same"),
        ({True: "a", "True": "b"}, "two names that become the same"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_receipt_cannot_hold(world: World, value: object, words: str) -> None:
    assert words in reason(world, {"made": value})


async def promise() -> None:
    """What is returned where an ``await`` is missing."""


@pytest.mark.parametrize(
    "result",
    [[1, 2], [], "done", "", 0, False, 5, b"", ("a", 1), {"a"}, Summary(1)],
    ids=lambda result: type(result).__name__,
)
def test_a_result_that_is_no_mapping_is_named(world: World, result: object) -> None:
    words = reason(world, result)
    assert f"the processor returned a {type(result).__name__}, and not a mapping or None" in words


def test_a_coroutine_is_no_result(world: World) -> None:
    with closing(promise()) as coroutine:
        assert "returned a coroutine" in reason(world, coroutine)


def test_an_entry_that_is_too_large_is_parked(world: World) -> None:
    """Amazon DynamoDB Developer Guide, "Constraints in Amazon DynamoDB": 400 KB."""
    answer: Callable[..., Exception] = world.index.ClientError
    code = {"Error": {"Code": "ValidationException", "Message": "Item size has exceeded"}}
    world.dynamodb.failure = answer(code, "PutItem")
    assert "Item size has exceeded" in reason(world, {"text": "x" * 500_000})


@pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: {"in": value}])
def test_an_entry_that_is_nested_too_deeply_for_the_sdk_is_parked(
    world: World, wrap: Callable[[object], object]
) -> None:
    """The SDK takes several frames for each level, so it gives up where the signature does not."""
    world.runtime.dynamodb = botocore.session.get_session().create_client(
        "dynamodb",
        region_name="us-west-2",
        endpoint_url="http://127.0.0.1:9",  # nothing is sent
        config=Config(parameter_validation=False),
    )
    deep: object = 1
    for _ in range(400):
        deep = wrap(deep)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)  # as in Lambda; what other tests use may have raised it
    try:
        assert "nested too deeply" in reason(world, {"deep": deep})
    finally:
        sys.setrecursionlimit(limit)
