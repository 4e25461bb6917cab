"""Evaluates the part of CloudWatch Logs Insights' language that our saved queries use, in SQLite.

A query becomes a statement in SQL on a table with a column for each field that Logs Insights would
discover; a field that no line has is an unknown column. No implementation was found to take
instead: moto's knows no filter.

Source: Amazon CloudWatch Logs User Guide, "CloudWatch Logs Insights language query syntax" and
"Supported logs and discovered fields".
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.template.reading import Json

SYSTEM = ("@timestamp", "@message", "@logStream", "@log", "@ingestionTime")
DEFAULT_LIMIT = 10_000
WORDS = {
    "coalesce",
    "and",
    "or",
    "not",
    "like",
    "in",
    "as",
    "asc",
    "desc",
    "is",
    "null",
    "ispresent",
}
TOKEN = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*') | /(?P<regex>(?:[^/\\]|\\.)+)/ | `(?P<quoted>[^`]+)`
    | (?P<number>\d+(?:\.\d+)?) | (?P<name>@?[A-Za-z_][\w.]*) | (?P<rest>!=|<=|>=|=~|[=<>(),\[\]|])
    | (?P<space>\s+|\#[^\n]*)""",
    re.VERBOSE,
)


def flattened(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each field that is discovered in a JSON line: ``a.b`` of objects, ``a.0`` of lists."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in pairs:
            yield from flattened(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def commands(query: str) -> Iterator[list[tuple[str, str]]]:
    """Yield the tokens, kind and text, of each command of a query.

    Raises:
        AssertionError: It has something that is not understood here.
    """
    command: list[tuple[str, str]] = []
    position = 0
    while position < len(query):
        match = TOKEN.match(query, position)
        assert match, f"not understood: {query[position:]!r}"
        position = match.end()
        kind = str(match.lastgroup)
        if match[0] == "|":
            yield command
            command = []
        elif kind != "space":
            command.append((kind, match[kind]))
    yield command


def sql(tokens: list[tuple[str, str]]) -> str:
    """Return an expression, a list of fields or an order in SQL."""
    words, before = [], ""
    for kind, text in tokens:
        words.append(sql_of(kind, text, before))
        before = text.lower()
    return " ".join(words)


def sql_of(kind: str, text: str, before: str) -> str:
    """Return one token in SQL; ``like`` and ``=~`` compare by regular expressions."""
    literal = "'" + text.replace("'", "''") + "'"
    match kind:
        case "text":
            plain = text[1:-1]
            plain = re.escape(plain) if before == "like" else plain
            return "'" + plain.replace("'", "''") + "'"
        case "regex":
            return literal
        case "number":
            return text
        case "name" if text.lower() in WORDS:
            return {"like": "REGEXP"}.get(text.lower(), text)
        case "name" | "quoted":
            return f"`{text}`"
    return {"=~": "REGEXP", "[": "(", "]": ")"}.get(text, text)


def rows(query: str, lines: list[Json]) -> list[Mapping[str, Any]]:
    """Return what a query gives, oldest line first where it does not sort.

    Args:
        query: In Logs Insights' language.
        lines: Of a log, oldest first.

    Raises:
        AssertionError: A field is in no line, or the query is not understood.
    """
    parts = {"select": "`@timestamp`, `@message`", "where": "1", "order": "`@timestamp`"}
    limit = str(DEFAULT_LIMIT)
    for (_, name), *tokens in commands(query):
        match name:
            case "fields" | "display":
                parts["select"] = sql(tokens)
            case "filter":
                parts["where"] += f" AND ({sql(tokens)})"
            case "sort":
                parts["order"] = sql(tokens)
            case "limit":
                limit = sql(tokens)
            case _:
                raise AssertionError(f"the command {name} is not understood")
    statement = "SELECT {select} FROM log WHERE {where} ORDER BY {order}"
    database = table(lines)
    try:
        return [dict(row) for row in database.execute(f"{statement.format(**parts)} LIMIT {limit}")]
    except sqlite3.OperationalError as error:
        raise AssertionError(f"{query}: {error}") from error
    finally:
        database.close()


def table(lines: list[Json]) -> sqlite3.Connection:
    """Return a database with one table, ``log``."""
    found = [
        dict.fromkeys(SYSTEM, number) | {"@message": json.dumps(line)} | dict(flattened(line))
        for number, line in enumerate(lines)
    ]
    columns = list(dict.fromkeys(name for row in found for name in row))
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.create_function(
        "REGEXP", 2, lambda pattern, text: bool(text) and matches(pattern, text)
    )
    database.create_function("ispresent", 1, lambda value: value is not None)
    database.execute(f"CREATE TABLE log ({', '.join(f'`{name}`' for name in columns)})")
    marks = ", ".join("?" * len(columns))
    values = [[row.get(name) for name in columns] for row in found]
    database.executemany(f"INSERT INTO log VALUES ({marks})", values)  # noqa: S608
    return database


def matches(pattern: str, text: object) -> bool:
    return re.search(pattern, str(text)) is not None
