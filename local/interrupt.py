"""Ctrl-C: the first one ends a command, and others do not disturb what cleans up after it."""

import signal
from collections.abc import Callable

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def obey() -> None:
    """Let the first SIGINT or SIGTERM raise KeyboardInterrupt, and ignore those after it.

    Under tox, a terminal's Ctrl-C comes two or three times: tox passes on what has come already
    (tox, "interrupt_timeout"). And a shell ignores SIGINT for what it starts in the background,
    which Python would leave so. SIGQUIT (Ctrl-backslash) ends a command at once.
    """

    def first(*_: object) -> None:
        answer(lambda *_: None)
        raise KeyboardInterrupt

    def answer(handler: Callable[..., None]) -> None:
        for number in SIGNALS:
            signal.signal(number, handler)

    answer(first)
