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


def wait(look: Callable[[], T | None], seconds: float, otherwise: Callable[[], str]) -> T:
    """Look again and again until there is something, and return it.

    Raises:
        Broken: There was nothing within the time; ``otherwise`` says what was missing.
    """
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise Broken(otherwise())
        time.sleep(pause)
        pause = min(pause * GROWTH, LONGEST_PAUSE)
    return seen
