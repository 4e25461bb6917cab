"""Rows that a command has to keep until somebody agrees, on disk: memory stays flat."""

import json
from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile
from typing import Any


class Spool:
    """A list of JSON objects: first it is filled, then it can be read again and again."""

    def __init__(self) -> None:
        self._file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  we close it
        self._length = 0

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        self._file.write(json.dumps(row) + "\n")
        self._length += 1

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows; one reader at a time."""
        self._file.seek(0)
        yield from map(json.loads, self._file)
