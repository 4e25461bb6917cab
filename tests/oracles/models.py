"""What a call's parameters break of botocore's model of the service.

botocore's own validator looks for what is missing, unknown or of a wrong type. It leaves to the
service what the models know as well: values of enumerations, lengths, patterns and ranges.
"""

import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import regex
from botocore.validate import ParamValidator

from tests.oracles.calls import Call

UNREADABLE: set[str] = set()  # patterns in a dialect that nobody here reads


def problems(call: Call) -> Iterator[str]:
    """Yield what is wrong with the parameters of a call."""
    report = ParamValidator().validate(call.parameters, call.shape)
    if report.has_errors():
        yield from report.generate_report().splitlines()
    yield from broken(call.parameters, call.shape, "")


def broken(value: Any, shape: Any, place: str) -> Iterator[str]:
    """Yield what is wrong with a value, wherever it is of the right type."""
    metadata = shape.metadata
    size: float
    match value:
        case dict() if shape.type_name == "structure":
            for name, item in value.items():
                if name in shape.members:
                    yield from broken(item, shape.members[name], f"{place}.{name}")
            return
        case dict() if shape.type_name == "map":
            size = len(value)
            for name, item in value.items():
                yield from broken(name, shape.key, f"{place}.{name}")
                yield from broken(item, shape.value, f"{place}.{name}")
        case list() if shape.type_name == "list":
            size = len(value)
            for item in value:
                yield from broken(item, shape.member, f"{place}[]")
        case str() | bytes():
            size = len(value)
        case int() | float() if not isinstance(value, bool):
            size = value
        case _:
            return
    if not metadata.get("min", size) <= size <= metadata.get("max", size):
        limits = f"{metadata.get('min', '')}..{metadata.get('max', '')}"
        yield f"{place}: {size} is not within {limits}: {str(value)[:60]}"
    if isinstance(value, str):
        if metadata.get("enum") and value not in metadata["enum"]:
            yield f"{place}: {value} is none of {', '.join(metadata['enum'])}"
        pattern = compiled(metadata.get("pattern", ""))
        if pattern and not pattern.fullmatch(value):
            yield f"{place}: {value[:60]} does not match {metadata['pattern']}"


@cache
def compiled(pattern: str) -> Any:
    """Return a pattern of Java's dialect, for whole texts; None if there is none that is readable.

    Smithy 2.0, "pattern trait", leaves open where a text has to match; services want it whole.
    """
    if not pattern:
        return None
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            return regex.compile(pattern, flags=regex.VERSION0)
    except regex.error:
        UNREADABLE.add(pattern)
        return None
