"""All checks of one stack, in order, with the time each took."""

import time
from collections.abc import Callable, Iterator

from tests.acceptance.checks import (
    alarming,
    emptying,
    encryption,
    exposure,
    measuring,
    options,
    parking,
    processing,
    uploading,
)
from tests.acceptance.checks.subject import Subject

# While files are on their way, what needs no waiting is looked at.
CHECKS: dict[str, Callable[[Subject], None]] = {
    "uploads": uploading.check,
    "exposure": exposure.check,
    "encryption": encryption.check,
    "options": options.check,
    "receipts": processing.check,
    "dead letter": parking.check,
    "metrics": measuring.check,
    "alarm": alarming.check,
    "emptied": emptying.check,
}


def run(subject: Subject) -> Iterator[tuple[str, float]]:
    """Run the checks and yield each one's name and seconds when it held.

    Raises:
        Broken: The first that does not hold.
        ClientError: AWS refused a call.
    """
    for name, check in CHECKS.items():
        started = time.monotonic()
        check(subject)
        yield name, time.monotonic() - started
