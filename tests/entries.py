"""Ledger entries as whoever holds the secret checks them; apart from the code that signs them."""

import base64
import hmac
import json
from collections.abc import Mapping
from decimal import Context, Decimal, Inexact
from typing import Any

SIGNED = ("etag", "form", "object_key", "processor", "receipt", "sequencer", "size", "version_id")
EXACT = Context(prec=38, traps=[Inexact])


def signature(item: Mapping[str, Any], password: str, bucket: str) -> str:
    """Return the signature that an item of DynamoDB has to have."""
    content = {"bucket": {"S": bucket}, **{name: canonical(item[name]) for name in SIGNED}}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(password.encode(), text.encode(), "sha256").hexdigest()


def canonical(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an attribute value as it is signed, whatever became of it in DynamoDB."""
    ((kind, content),) = value.items()
    if kind == "N":
        number = Decimal(content)
        return {"N": f"{number.normalize(EXACT):f}" if number else "0"}
    if kind == "B":
        return {"B": base64.b64encode(bytes(content)).decode()}
    if kind == "M":
        return {"M": {name: canonical(item) for name, item in content.items()}}
    if kind == "L":
        return {"L": [canonical(item) for item in content]}
    return {kind: content}
