"""What the demo says of a file that failed."""

import io
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from local.demo.files import entered, why
from local.demo.samples import SampleFile
from serverlessapp.operations.failures import Failures

LINE = {"level": "ERROR", "key": "uploads/a.csv", "error_type": "ValueError", "error": "no header"}


class Lane:
    processor = "csv"
    ledger = "table"
    log_group = "/aws/lambda/csv"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (LINE, "ValueError: no header"),
        (LINE | {"key": "uploads/b.csv", "message_id": "1"}, "ValueError: no header"),
        (LINE | {"key": "uploads/b.csv"}, "no log line about it"),
    ],
)
def test_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, line: dict[str, Any], shown: str
) -> None:
    def read(_: object, group: str, since: datetime, __: object) -> Failures:
        assert (group, since.year) == (Lane.log_group, 1970)
        errors = Failures()
        errors.add(line)
        return errors

    monkeypatch.setattr("local.demo.files.failures.read", read)
    lane: Any = Lane()
    assert why(None, lane, "uploads/a.csv", "1") == shown


def test_a_file_without_an_entry_is_shown_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.demo.files.ledger.pages", lambda *_: [])
    monkeypatch.setattr("local.demo.files.why", lambda *_: "ValueError: no header")
    written = io.StringIO()
    session = SimpleNamespace(client=lambda _: None)
    stage: Any = SimpleNamespace(
        console=Console(file=written, width=120), session=session, wait=lambda _, done: done()
    )
    stack: Any = SimpleNamespace(prefix="uploads/")
    lane: Any = Lane()
    assert not entered(stage, stack, lane, [SampleFile(name="a.csv", content=b"1")])
    assert "csv: uploads/a.csv: no receipt: ValueError: no header" in written.getvalue()
