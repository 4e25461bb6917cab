"""Expectations that hold at once, or after a while."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.1, 5.0, 1.5  # seconds between two looks


class Broken(Exception):  # noqa: N818
    """An expectation that does not hold, in words."""


def expect(holds: object, otherwise: str) -> None:
    """Make sure of something.

    Raises:
        Broken: It does not hold; ``otherwise`` says what is the case.
    """
    if not holds:
        raise Broken(otherwise)


def wait(what: str, look: Callable[[], T | None], seconds: float) -> T:
    """Look again and again until there is something, and return it.

    Raises:
        Broken: There was nothing within the time.
    """
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while not (found := look()):
        if time.monotonic() > deadline:
            raise Broken(f"{what}: not seen within {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause * GROWTH, LONGEST_PAUSE)
    return found
