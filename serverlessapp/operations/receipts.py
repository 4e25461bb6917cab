"""Ledger entries as they are signed: what the signature covers, and whether it is true.

docs/ledger.md describes entry and signature for others. This is written apart from the function's
code, so that a mistake there does not pass here.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact
from typing import Any

from serverlessapp.processors.definition import FIRST

FORM = "1"
SIGNED = (
    *("etag", "form", "object_key", "processor"),
    *("receipt", "sequencer", "size", "version_id"),
)
# DynamoDB keeps 38 digits (Amazon DynamoDB Developer Guide, "Supported data types"); Decimal's own
# 28 would let the others be changed.
EXACT = Context(prec=38, traps=[Inexact])


class UnknownFormError(ValueError):
    """The entry is signed in a way that this tool does not know."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One signed ledger entry. Size in bytes."""

    key: str
    version_id: str
    size: int
    etag: str
    processor: str  # of entries of 0.x, which do not name it, the only one that there was
    sha256: str  # what the processor sign_receipt found; empty from others
    media_type: str  # likewise
    signature: str
    secret_version: str
    # What is signed besides the bucket, in canonical form; None in entries of 0.x.
    attributes: Mapping[str, Any] | None = field(default=None, repr=False)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> "Receipt":
        """Return the receipt in a DynamoDB item.

        Raises:
            KeyError: It is not signed.
            UnknownFormError: It is, in a way that came after this tool.
            ArithmeticError, AttributeError, TypeError, ValueError: It is no entry.
        """
        attributes = None
        result = item["receipt"].get("M")
        signing = result
        if "form" in item:
            if item["form"] != {"N": FORM}:
                form = "".join(map(str, item["form"].values()))
                raise UnknownFormError(f"its format version, {form}, is newer than this tool")
            attributes = {name: canonical(item[name]) for name in SIGNED}
            signing = item
        return cls(
            key=item["object_key"]["S"],
            version_id=item["version_id"]["S"],
            size=int(item["size"]["N"]),
            etag=item.get("etag", {}).get("S", ""),
            processor=item["processor"]["S"] if attributes else FIRST,
            sha256=result.get("sha256", {}).get("S", ""),
            media_type=result.get("type", {}).get("S", ""),
            signature=signing["signature"]["S"],
            secret_version=signing["secret_version"]["S"],
            attributes=attributes,
        )

    @classmethod
    def maybe(cls, item: Mapping[str, Any]) -> "Receipt | None":
        """Return the receipt in a DynamoDB item; None where there is none that can be checked."""
        try:
            return cls.from_item(item)
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
            return None

    def statement(self, bucket: str) -> str:
        """Return the text that is signed."""
        if self.attributes is None:
            return "|".join((bucket, self.key, self.version_id, self.sha256))
        content = {"bucket": {"S": bucket}, **self.attributes}
        return json.dumps(content, sort_keys=True, separators=(",", ":"))

    def is_signed_by(self, password: str, bucket: str) -> bool:
        """Whether the holder of the secret signed exactly this."""
        expected = hmac.new(password.encode(), self.statement(bucket).encode(), hashlib.sha256)
        return hmac.compare_digest(expected.hexdigest().encode(), self.signature.encode())


def canonical(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """Return an attribute value in the one form that is signed, whatever DynamoDB made of it.

    DynamoDB drops zeros at the end of numbers and their exponents, and an SDK returns bytes where
    the API has base64.
    """
    ((kind, content),) = attribute.items()
    match kind:
        case "N":
            number = Decimal(content)
            return {"N": f"{number.normalize(EXACT):f}" if number else "0"}
        case "B":
            encoded = content if isinstance(content, str) else base64.b64encode(content).decode()
            return {"B": encoded}
        case "BS":  # the function writes no sets, but somebody may have
            return {"BS": [canonical({"B": value})["B"] for value in content]}
        case "M":
            return {"M": {name: canonical(value) for name, value in content.items()}}
        case "L":
            return {"L": [canonical(value) for value in content]}
    return {kind: content}
