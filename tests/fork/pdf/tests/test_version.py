"""The version is what the first line says."""

from typing import Any


def test_the_sample(process: Any) -> None:
    assert process("samples/letter.pdf").result == {"version": "1.7"}


def test_no_pdf_is_parked(process: Any) -> None:
    assert process("a.pdf", b"hello").outcome == "parked"
