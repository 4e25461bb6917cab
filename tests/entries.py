"""The check of docs/ledger.md, so that every test of an entry tries what others are told to do.

It is apart from the code that signs, and from the tool's.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs/ledger.md"
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SHOWN: dict[str, Any] = {}
exec(CODE, SHOWN)  # noqa: S102 - our own page
SIGNED: list[str] = SHOWN["SIGNED"]


def signature(item: Mapping[str, Any], password: str, bucket: str) -> str:
    """Return the signature that an item of DynamoDB has to have."""
    return str(SHOWN["signature"](item, bucket, password))


def is_true(item: Mapping[str, Any], bucket: str, password: str) -> bool:
    """Whether the holder of the secret signed an item of DynamoDB."""
    return bool(SHOWN["is_true"](item, bucket, password))


def canonical(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an attribute value as it is signed, whatever became of it in DynamoDB."""
    return dict(SHOWN["canonical"](value))
