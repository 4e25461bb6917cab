"""Keys that travel through an event URL-encoded."""

import pytest

from .trial import Trial

LONGEST = 1024  # bytes of UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("two words.txt", id="a space"),
        pytest.param("a+b.txt", id="a plus sign"),
        pytest.param("100%25.txt", id="a percent sign"),
        pytest.param("R&D.txt", id="an ampersand"),
        pytest.param("Zürich/日本 😀.txt", id="letters beyond ASCII"),
    ],
)
def test_odd_key(trial: Trial, name: str) -> None:
    """Key with {case}.

    The receipt is for exactly this key, and its signature verifies.
    """
    version = trial.upload(name)
    trial.wait_for_receipt(name, version)
    assert trial.reads(name) == 1


@pytest.mark.parametrize(
    "letter", [pytest.param("x", id="ASCII"), pytest.param("ü", id="two-byte letters")]
)
def test_longest_key(trial: Trial, letter: str) -> None:
    """Key of 1,024 bytes, {case}.

    It is processed like any other.
    """
    room = LONGEST - len(trial.key("").encode())
    name = letter * (room // len(letter.encode()))
    name += "x" * (room - len(name.encode()))
    assert len(trial.key(name).encode()) == LONGEST
    trial.wait_for_receipt(name, trial.upload(name))
