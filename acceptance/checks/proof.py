"""All checks of one stack, in order, with the time each took."""

import time
from collections.abc import Callable, Iterator

from acceptance.checks import processing
from acceptance.checks.subject import Subject

CHECKS: dict[str, Callable[[Subject], None]] = {
    "receipts": processing.check,
}


def run(subject: Subject) -> Iterator[tuple[str, float]]:
    """Run the checks and yield each one's name and seconds when it held.

    Raises:
        Broken: The first that does not hold.
    """
    for name, check in CHECKS.items():
        started = time.monotonic()
        check(subject)
        yield name, time.monotonic() - started
