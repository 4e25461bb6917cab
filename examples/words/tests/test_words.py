"""Lines and words are counted, also across the parts in which a file arrives."""

from typing import Any

import pytest
import words

TEXT = "größer als nötig\n\n zwei  Wörter\n📎"


def test_the_sample(process: Any) -> None:
    trial = process("samples/hamlet.txt")
    assert trial.result == {"lines": 2, "words": 6}
    assert trial.metrics["Words"] == [6]


@pytest.mark.parametrize("part", [1, 2, 3, 5, 1000])
def test_parts_do_not_matter(process: Any, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "PART", part)
    assert process("a.txt", TEXT.encode()).result == {"lines": 3, "words": 6}


def test_nothing(process: Any) -> None:
    assert process("a.txt", b"").result == {"lines": 0, "words": 0}


@pytest.mark.parametrize("content", [b"a \xff b", "ö".encode()[:1]])
def test_what_is_no_text_is_parked(process: Any, content: bytes) -> None:
    trial = process("a.txt", content)
    assert (trial.outcome, trial.written) == ("parked", {})
    assert trial.error.startswith("not text in UTF-8")
