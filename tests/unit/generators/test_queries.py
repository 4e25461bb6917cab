"""The saved queries ask for fields that the handler logs."""

import ast
import re
from pathlib import Path

import pytest

from generators import inline
from generators.queries import QUERIES

BY_LOGS_INSIGHTS = {"@timestamp"}


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
    queried = set(re.findall(r"@?\b[a-z_]+\b", re.sub(r"'[^']*'|\"[^\"]*\"", "", query)))
    words = {"fields", "filter", "like", "sort", "desc", "limit"}
    assert queried - words - BY_LOGS_INSIGHTS <= logged_fields(), title
    assert name == name.lower()
