"""A receipt proves what it says, or does not."""

import dataclasses
import hashlib
import hmac
from copy import deepcopy
from typing import Any

import pytest

from serverlessapp.operations.receipts import SIGNED, Receipt, UnknownFormError, canonical

from .entries import PASSWORD, signed

DIGEST = hashlib.sha256(b"hello").hexdigest()
SIGNATURE = hmac.new(b"secret", f"bucket|uploads/a|v1|{DIGEST}".encode(), "sha256").hexdigest()
OLD = {
    "object_key": {"S": "uploads/a"},
    "version_id": {"S": "v1"},
    "size": {"N": "5"},
    "receipt": {
        "M": {
            "sha256": {"S": DIGEST},
            "type": {"S": "text/plain"},
            "signature": {"S": SIGNATURE},
            "secret_version": {"S": "s1"},
        }
    },
}
RESULT = {
    "rows": {"N": "12"},
    "mean": {"N": "0.50"},
    "raw": {"B": b"\x00\xff"},
    "names": {"L": [{"S": "ä \u2028 😀"}, {"NULL": True}, {"M": {"deep": {"BOOL": False}}}]},
}


def test_a_true_receipt_of_0_x() -> None:
    receipt = Receipt.from_item(OLD)
    assert (receipt.key, receipt.size, receipt.sha256) == ("uploads/a", 5, DIGEST)
    assert receipt.is_signed_by("secret", "bucket")


@pytest.mark.parametrize("field", ["key", "version_id", "sha256", "signature"])
def test_a_changed_receipt_of_0_x(field: str) -> None:
    receipt = Receipt.from_item(OLD)
    changed = dataclasses.replace(receipt, **{field: getattr(receipt, field) + "0"})
    assert not changed.is_signed_by("secret", "bucket")


def test_another_secret_or_bucket() -> None:
    for receipt in (Receipt.from_item(OLD), Receipt.from_item(signed(RESULT))):
        assert not receipt.is_signed_by("other", "b")
        assert not receipt.is_signed_by("secret", "other")


def test_an_entry_of_0_x_that_another_processor_wrote() -> None:
    with pytest.raises(KeyError):
        Receipt.from_item({**OLD, "receipt": {"M": {"words": {"N": "1"}}}})
    assert Receipt.maybe({**OLD, "receipt": {"M": {"words": {"N": "1"}}}}) is None


def test_what_any_processor_returned_is_signed() -> None:
    receipt = Receipt.from_item(signed(RESULT))
    assert receipt.is_signed_by(PASSWORD, "b")
    assert receipt.statement("b").startswith('{"bucket":{"S":"b"},"etag":{"S":"e"},"form":{"N":')


@pytest.mark.parametrize(
    ("as_stored", "as_signed"),
    [
        ("0.5", "0.50"),
        ("100", "1E+2"),
        ("0", "-0.0"),
        ("0.0000001", "1E-7"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678.0"),
    ],
)
def test_numbers_that_dynamodb_writes_in_another_way(as_stored: str, as_signed: str) -> None:
    item = signed({"number": {"N": as_signed}})
    assert Receipt.from_item(item).is_signed_by(PASSWORD, "b")
    item["receipt"] = {"M": {"number": {"N": as_stored}}}
    assert Receipt.from_item(item).is_signed_by(PASSWORD, "b")


def test_every_one_of_38_digits_counts() -> None:
    item = signed({"number": {"N": "1" * 38}})
    item["receipt"] = {"M": {"number": {"N": "1" * 37 + "2"}}}
    assert not Receipt.from_item(item).is_signed_by(PASSWORD, "b")
    with pytest.raises(ArithmeticError):
        canonical({"N": "1" * 39})


@pytest.mark.parametrize("name", sorted({*SIGNED, "signature"} - {"form"}))
def test_each_attribute_that_is_signed(name: str) -> None:
    item = deepcopy(signed(RESULT))
    ((kind, value),) = item[name].items()
    changes: dict[str, Any] = {"S": f"{value}0", "N": "6", "M": {**RESULT, "rows": {"N": "13"}}}
    item[name] = {kind: changes[kind]}
    assert not Receipt.from_item(item).is_signed_by(PASSWORD, "b")


@pytest.mark.parametrize("name", ["processed_at", "expires_at", "event_time"])
def test_what_is_not_signed_may_change(name: str) -> None:
    assert Receipt.from_item({**signed(RESULT), name: {"S": "any"}}).is_signed_by(PASSWORD, "b")


def test_bytes_as_the_api_has_them_or_as_an_sdk() -> None:
    assert canonical({"B": b"\x00\xff"}) == canonical({"B": "AP8="}) == {"B": "AP8="}


@pytest.mark.parametrize("form", [{"N": "2"}, {"N": "0"}, {"S": "1"}])
def test_another_form_is_never_taken_for_this_one(form: dict[str, str]) -> None:
    with pytest.raises(UnknownFormError):
        Receipt.from_item({**signed(RESULT), "form": form})
