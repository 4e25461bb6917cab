"""Lets ministack wait for all that a function printed, before it writes the log.

A worker prints to a pipe, answers, and ministack collects what has arrived by then; a pause of 5 ms
counts as the end. On a busy machine the rest arrives later and goes into the next invocation's
log, or, if there is none, nowhere. Applied by ``local.server``.
"""

import fcntl
import struct
import termios
import time
from collections.abc import Callable
from typing import Any

LONGEST_SECONDS = 1.0
IDLE_SECONDS = 0.02  # the reading thread has the text already, and only needs its turn
POLL_SECONDS = 0.001


def with_everything_printed(drain: Callable[..., str]) -> Callable[..., str]:
    """Wrap ``Worker._drain_stderr_bounded``: first wait until the pipe is empty."""

    def complete(worker: Any, **options: float) -> str:
        deadline = time.monotonic() + LONGEST_SECONDS
        # Without a process, nothing more comes.
        while worker._proc and unread(worker._proc.stderr) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        return drain(worker, **{"idle_confirm": IDLE_SECONDS, **options})

    return complete


def unread(pipe: Any) -> int:
    """Return how many bytes wait in a pipe (``ioctl_tty(2)``, FIONREAD)."""
    buffer = fcntl.ioctl(pipe.fileno(), termios.FIONREAD, b"\0" * struct.calcsize("i"))
    return int(struct.unpack("i", buffer)[0])


def correct() -> None:
    """Apply the correction to ministack, which must not be serving yet."""
    from ministack.core import lambda_runtime

    lambda_runtime.Worker._drain_stderr_bounded = with_everything_printed(
        lambda_runtime.Worker._drain_stderr_bounded
    )
