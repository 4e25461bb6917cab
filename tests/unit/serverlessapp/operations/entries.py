"""Ledger entries as the function writes them, made up."""

from collections.abc import Mapping
from typing import Any

from tests.entries import signature

PASSWORD = "pass-word"


def signed(result: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an entry about five bytes in bucket ``b``, signed after ``changes`` are made."""
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
    return {**item, "signature": {"S": signature(item, PASSWORD, "b")}}
