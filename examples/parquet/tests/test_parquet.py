"""CSV files become Parquet, or are parked with the row that is wrong."""

import io
from typing import Any

import pyarrow.parquet  # type: ignore[import-untyped]
import pytest


def table(trial: Any) -> Any:
    (content,) = trial.written.values()
    return pyarrow.parquet.read_table(io.BytesIO(content))


def test_the_sample_with_its_types(process: Any) -> None:
    trial = process("samples/orders.csv")
    key = "results/uploads/orders.csv/v1.parquet"
    assert trial.written.keys() == {key}
    assert trial.result["parquet"] == key
    assert trial.result["rows"] == trial.metrics["Rows"][0] == 3
    assert trial.result["columns"] == {
        "order": "int64",
        "customer": "string",
        "amount": "double",
        "paid": "bool",
        "day": "date32[day]",
    }
    assert table(trial)["customer"].to_pylist() == ["Ærø, Bolte", "Zürich AG", "two\nlines"]


def test_the_same_file_gives_the_same_bytes(process: Any) -> None:
    first, again = process("samples/orders.csv"), process("samples/orders.csv")
    assert first.written == again.written


def test_settings(process: Any) -> None:
    content = "4711;Zürich\n4712;\n".encode("cp1252")
    trial = process(
        "a.csv",
        content,
        settings={
            "DELIMITER": ";",
            "ENCODING": "cp1252",
            "HEADER": "id, city",
            "TYPES": "id: string",
        },
    )
    assert table(trial).to_pydict() == {"id": ["4711", "4712"], "city": ["Zürich", ""]}


def test_many_blocks_are_one_table(process: Any) -> None:
    lines = "".join(f"{number},row {number}\n" for number in range(500_000))
    trial = process("a.csv", f"id,name\n{lines}".encode())
    assert table(trial).num_rows == trial.result["rows"] == 500_000
    (content,) = trial.written.values()
    assert pyarrow.parquet.ParquetFile(io.BytesIO(content)).num_row_groups > 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Empty CSV file"),
        (b"a,b\n1,2\n3\n", "Row #3: Expected 2 columns, got 1"),
        (b"a,a\n1,2\n", "line 1: a column's name comes twice"),
        (b"a\n" + b"1\n" * 3_000_000 + b"x\n", "Row #3000002: CSV conversion error to int64"),
        (b"\x00\xff\xfe\n\x01", "not such a CSV file"),
    ],
)
def test_what_is_no_such_file_is_parked(process: Any, content: bytes, reason: str) -> None:
    trial = process("a.csv", content)
    assert trial.outcome == "parked"
    assert reason in trial.error
    assert not trial.written


@pytest.mark.parametrize(
    ("name", "value"), [("DELIMITER", "ab"), ("ENCODING", "nope"), ("TYPES", "id: number")]
)
def test_a_wrong_setting_is_not_the_files_fault(process: Any, name: str, value: str) -> None:
    trial = process("samples/orders.csv", settings={name: value})
    assert trial.outcome == "tried again"
    assert name in trial.error
