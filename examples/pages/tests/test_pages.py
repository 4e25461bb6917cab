"""The text of PDFs, and what is parked."""

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

LETTER = Path(__file__).resolve().parents[1] / "samples" / "letter.pdf"


def test_text_and_pages(process: Any) -> None:
    trial = process("samples/letter.pdf")
    key = "results/uploads/letter.pdf/v1.txt"
    assert trial.result == {"text": key, "pages": 2, "characters": 30}
    assert trial.written[key].decode() == "Invoice 2026-118\fGröße: 12 cm\f"
    assert trial.metrics["Pages"] == [2]


def test_an_encrypted_one_is_parked(process: Any) -> None:
    writer, target = PdfWriter(clone_from=PdfReader(LETTER)), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(target)
    trial = process("a.pdf", target.getvalue())
    assert (trial.outcome, trial.error) == ("parked", "encrypted; send it without a password")
    assert not trial.written


@pytest.mark.parametrize("content", [b"", b"no PDF", LETTER.read_bytes()[:300]])
def test_a_damaged_one_is_parked(process: Any, content: bytes) -> None:
    trial = process("a.pdf", content)
    assert trial.outcome == "parked"
    assert trial.error.startswith("not a PDF that can be read")


def test_one_too_large_is_parked(process: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import pages

    monkeypatch.setattr(pages, "MAX_BYTES", 10)
    assert process("samples/letter.pdf").error.endswith("bytes; PDFs may have 10")
