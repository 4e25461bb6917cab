"""Signed entries are as DynamoDB gives them back.

The emulator changes numbers as AWS documents it: 38 digits, no zeros at either end (Amazon DynamoDB
Developer Guide, "Supported data types").
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from tests.entries import signature
from tests.lambda_code import loaded

BUCKET, PASSWORD, TABLE = "uploads", "correct-horse", "signed-entries"
KEY = 'uploads/ü "q" \\.txt'
NUMBERS = (
    *("0", "-0", "0.0", "1.0", "1.50", "001.5", "1E+2", "1.5E2", "1E-7", "100", "1E+20", "-1.10"),
    *("12345678901234567890123456789012345678", "1.2345678901234567890123456789012345678"),
    *("1E+125", "9.9999999999999999999999999999999999999E+125", "1E-130", "-1E-130", "1E+38"),
    *("3.141592653589793", "10000000000000000000000000000000000000000", ".5", "5."),
)
Entered = Callable[[object], dict[str, Any]]


@pytest.fixture(scope="module")
def index() -> Iterator[ModuleType]:
    with loaded("file_processor") as module:
        yield module


@pytest.fixture
def entered(session: boto3.Session, index: ModuleType) -> Iterator[Entered]:
    """Return a function that enters what a processor returned, and reads the entry."""
    client = session.client("dynamodb")
    client.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "object_key", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "object_key", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )

    def enter(receipt: object) -> dict[str, Any]:
        file = index.File(
            bucket=BUCKET,
            key=KEY,
            version_id="v",
            size=12,
            etag="e",
            sequencer="0055AED6DCD90281E5",
            event_time="2026-11-01T10:00:00.000Z",
        )
        secret = index.Secret(version_id="s", values={"password": PASSWORD})
        entry = index.signed_entry(file, receipt, "csv", secret)
        assert index.enter(client, TABLE, entry) == "processed"
        return dict(client.get_item(TableName=TABLE, Key={"object_key": {"S": KEY}})["Item"])

    yield enter
    client.delete_table(TableName=TABLE)


def test_numbers(entered: Entered) -> None:
    numbers = [Decimal(number) for number in NUMBERS]
    item = entered({"top": numbers[0], "list": numbers, "map": dict(zip(NUMBERS, numbers))})
    assert item["signature"]["S"] == signature(item, PASSWORD, BUCKET)
    read = [Decimal(number["N"]) for number in item["receipt"]["M"]["list"]["L"]]
    assert read == numbers


def test_everything_else(entered: Entered) -> None:
    receipt = {
        "texts": ['naïve \u2028 \U0001f600 "quoted" \\ \x7f\0', "e\u0301", ""],
        "bytes": [b"\x00\xff\x10", b""],
        "others": (True, False, None, {}, [], {"b": 1, "a": {"z": None, "é": 1e-05}}),
        "floats": [0.1, 1e-05, 1e20, 1e16, 2.0, -0.0, 10**37 + 1],
    }
    item = entered(receipt)
    assert item["signature"]["S"] == signature(item, PASSWORD, BUCKET)
    again = {
        name: TypeSerializer().serialize(TypeDeserializer().deserialize(value))
        for name, value in item.items()
    }
    assert item["signature"]["S"] == signature(again, PASSWORD, BUCKET), "by boto3's own types"
