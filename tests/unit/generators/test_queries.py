"""The saved queries ask for fields that the handler logs."""

import ast
import re
from pathlib import Path

import pytest

from generators import inline
from generators.queries import QUERIES

BY_LOGS_INSIGHTS = {"@timestamp", "@message"}
# Of uncaught errors, and of the report of an invocation (serverlessapp/operations/failures.py).
BY_LAMBDA = {"log_level", "errorMessage", "errorType", "record.status", "record.errorType"}


def logged_fields() -> set[str]:
    """Return the names of everything the handler passes to a log line."""
    tree = ast.parse(Path(inline.FUNCTIONS / "file_processor" / "index.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    keywords = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}
    keys = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    return keywords | keys


@pytest.mark.parametrize(("title", "why", "name", "query"), QUERIES)
def test_fields_exist_in_the_log(title: str, why: str, name: str, query: str) -> None:
    queried = set(re.findall(r"@?\b[a-zA-Z_.]+\b", re.sub(r"'[^']*'|\"[^\"]*\"", "", query)))
    words = {"fields", "filter", "like", "sort", "desc", "limit", "or", "in", "as", "coalesce"}
    named = set(re.findall(r" as ([a-z]+)", query))
    assert queried - words - named - BY_LOGS_INSIGHTS - BY_LAMBDA <= logged_fields(), title
    assert name == name.lower()


def test_what_failed_is_found_whoever_says_so() -> None:
    """The function, Lambda's Python runtime before and after a change of name, Lambda itself."""
    query = next(query for title, _, _, query in QUERIES if title == "FailuresQuery")
    for condition in (
        'level in ["ERROR"] or log_level in ["ERROR"]',
        'record.status in ["error", "failure", "timeout"]',
        '@message like "Task timed out"',
    ):
        assert condition in query
