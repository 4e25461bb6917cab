"""Loads Lambda code the way Lambda does, as the top-level module ``index``, and reads its log."""

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"  # in UTC, with milliseconds
FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"


@contextmanager
def loaded(function: str) -> Iterator[ModuleType]:
    """Load ``functions/<function>/index.py`` afresh, as ``index`` while the context lasts."""
    spec = importlib.util.spec_from_file_location("index", FUNCTIONS / function / "index.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    other = sys.modules.pop("index", None)  # of a test whose context is still open
    sys.modules["index"] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.modules.pop("index", None)
        if other:
            sys.modules["index"] = other


def log_lines(text: str) -> list[dict[str, Any]]:
    """Return what a function printed: lines that are JSON, and that Lambda can filter by level."""
    lines = [json.loads(line, parse_constant=refuse) for line in text.splitlines()]
    for line in lines:
        assert re.fullmatch(RFC_3339, line["timestamp"])
        assert line["level"] in ("INFO", "WARN", "ERROR")
    return lines


def refuse(constant: str) -> None:
    """Take neither NaN nor Infinity for JSON, as Python would (RFC 8259)."""
    raise ValueError(constant)
