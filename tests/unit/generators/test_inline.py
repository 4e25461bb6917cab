"""Code in the template is the code in the repository."""

import pytest

from generators import inline
from generators.application import build
from generators.render import render
from generators.retention import Retention


@pytest.mark.parametrize("function", ["file_processor", "bucket_emptier"])
def test_the_template_shows_the_code_as_it_is_written(function: str) -> None:
    """With its comments and docstrings, and without escapes: a literal block of YAML."""
    shown = render(build(Retention.EPHEMERAL)).decode()
    unindented = [line.strip() for line in shown.splitlines()]
    code = [line.strip() for line in inline.source(function).splitlines()]
    first = unindented.index(code[0])
    assert unindented[first : first + len(code)] == code


def test_the_digest_changes_with_any_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = inline.digest("file_processor")
    monkeypatch.setattr(inline, "source", lambda function: "# " + inline.FUNCTIONS.name)
    assert inline.digest("file_processor") != digest
