"""taskcat's pre-hook ``offline``: a report without a network, and news as often as wanted.

taskcat downloads a style sheet for its report, and without it writes no report and fails. It
looks at its stacks once a minute, which is right for AWS and slow for an emulator.
"""

import os
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from taskcat import _generate_reports, _tui
from taskcat._cfn import stack
from taskcat.testing._hooks import BaseTaskcatHook

# Seconds between two looks at a stack; taskcat's own when it is not set.
POLL = "ACCEPTANCE_POLL_SECONDS"
STYLE = """\
body { font-family: sans-serif } table { border-collapse: collapse; width: 100% }
td, th { padding: 4px 8px; text-align: left } .test-green { background: #cfc }
.test-red { background: #fcc }
"""


class Hook(BaseTaskcatHook):  # type: ignore[misc]
    """Runs before each test; changing the same things again does no harm."""

    def __init__(self, *_: Any) -> None:
        _generate_reports.requests = SimpleNamespace(get=style_sheet)
        if POLL in os.environ:
            look_more_often(float(os.environ[POLL]))


def style_sheet(*_: Any, **__: Any) -> SimpleNamespace:
    """Stand for the download."""
    return SimpleNamespace(text=STYLE)


def look_more_often(seconds: float) -> None:
    """Make taskcat look at its stacks after so many seconds."""

    def timer(_: float, function: Callable[[], None]) -> threading.Timer:
        return threading.Timer(seconds, function)

    stack.Timer = timer
    _tui.time = SimpleNamespace(sleep=lambda _: threading.Event().wait(seconds))
