"""Ledger entries as the function writes them, made up."""

import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

PASSWORD = "pass-word"


def signed(result: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an entry about five bytes in bucket ``b``; ``changes`` are made before it is signed.

    A number in it is signed as Python writes it, without exponent and zeros at the end.
    """
    item: dict[str, Any] = {
        "object_key": {"S": "uploads/a"},
        "version_id": {"S": "v1"},
        "sequencer": {"S": "0055AED6DCD90281E5".ljust(64, "0")},
        "size": {"N": "5"},
        "etag": {"S": "e"},
        "event_time": {"S": "2026-11-23T05:55:35.244Z"},
        "processed_at": {"N": "1763877336"},
        "expires_at": {"N": "1795413336"},
        "processor": {"S": "csv"},
        "form": {"N": "1"},
        "receipt": {"M": dict(result)},
        "secret_version": {"S": "s1"},
        **changes,
    }
    kept = ("event_time", "processed_at", "expires_at", "secret_version")
    content = {name: value for name, value in item.items() if name not in kept}
    content = plain({**content, "bucket": {"S": "b"}})
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    signature = hmac.new(PASSWORD.encode(), text.encode(), "sha256").hexdigest()
    return {**item, "signature": {"S": signature}}


def plain(value: Any) -> Any:
    """Return what JSON can hold, with numbers without exponents and zeros."""
    if isinstance(value, dict) and value.keys() == {"N"}:
        number = format(Decimal(value["N"]), "f")
        number = number.rstrip("0").rstrip(".") if "." in number else number
        return {"N": "0" if not Decimal(number) else number}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return "AP8=" if value == b"\x00\xff" else value
