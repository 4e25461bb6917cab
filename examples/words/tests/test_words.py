"""Lines and words are counted, also across the parts in which a file arrives."""

from typing import Any


def test_the_sample(process: Any) -> None:
    trial = process("samples/hamlet.txt")
    assert trial.result == {"lines": 2, "words": 6}
    assert trial.metrics["Words"] == [6]


def test_a_word_across_two_parts(process: Any) -> None:
    size = 1024 * 1024
    assert process("a.txt", b"a" * (size + 1) + b" b").result == {"lines": 0, "words": 2}


def test_what_is_no_text_is_parked(process: Any) -> None:
    trial = process("a.txt", b"\xff")
    assert (trial.outcome, trial.written) == ("parked", {})
    assert trial.error.startswith("not text in UTF-8")
