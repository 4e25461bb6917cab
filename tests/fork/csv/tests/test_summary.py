"""The sum is kept and written."""

import json
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def euros(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURRENCY", "EUR")


def test_the_sample(process: Any) -> None:
    trial = process("samples/orders.csv")
    assert trial.result == {"total": "3.75", "currency": "EUR"}
    (body,) = trial.written.values()
    assert json.loads(body) == trial.result


def test_a_table_without_amounts_is_parked(process: Any) -> None:
    assert process("a.csv", b"customer\nx\n").outcome == "parked"
