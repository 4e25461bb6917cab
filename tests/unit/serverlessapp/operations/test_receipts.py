"""A receipt proves what it says, or does not."""

import dataclasses
import hashlib
import hmac

import pytest

from serverlessapp.operations.receipts import Receipt

DIGEST = hashlib.sha256(b"hello").hexdigest()
SIGNATURE = hmac.new(b"secret", f"bucket|uploads/a|v1|{DIGEST}".encode(), "sha256").hexdigest()
ITEM = {
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


def test_a_true_receipt() -> None:
    receipt = Receipt.from_item(ITEM)
    assert (receipt.key, receipt.size, receipt.sha256) == ("uploads/a", 5, DIGEST)
    assert receipt.is_signed_by("secret", "bucket")


@pytest.mark.parametrize("field", ["key", "version_id", "sha256", "signature"])
def test_a_changed_receipt(field: str) -> None:
    receipt = Receipt.from_item(ITEM)
    changed = dataclasses.replace(receipt, **{field: getattr(receipt, field) + "0"})
    assert not changed.is_signed_by("secret", "bucket")


def test_another_secret_or_bucket() -> None:
    receipt = Receipt.from_item(ITEM)
    assert not receipt.is_signed_by("other", "bucket")
    assert not receipt.is_signed_by("secret", "other")


def test_an_entry_of_another_processor() -> None:
    with pytest.raises(KeyError):
        Receipt.from_item({**ITEM, "receipt": {"M": {"words": {"N": "1"}}}})
