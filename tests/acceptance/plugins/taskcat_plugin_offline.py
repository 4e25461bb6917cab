"""taskcat's pre-hook ``offline``: a report without a network, and news as often as wanted.

taskcat downloads a style sheet for its report, and without it writes no report and fails. It
looks at its stacks once a minute, which is right for AWS and slow for an emulator:
ACCEPTANCE_POLL_SECONDS says how often it shall look.
"""

import os
import threading
from types import SimpleNamespace
from typing import Any

from taskcat import _generate_reports, _tui
from taskcat._cfn import stack
from taskcat.testing._hooks import BaseTaskcatHook

STYLE = """\
body { font-family: sans-serif } table { border-collapse: collapse; width: 100% }
td, th { padding: 4px 8px; text-align: left } .test-green { background: #cfc }
.test-red { background: #fcc }
"""


class Hook(BaseTaskcatHook):  # type: ignore[misc]
    """Runs before each test; changing the same things again does no harm."""

    def __init__(self, *_: Any) -> None:
        style_sheet = SimpleNamespace(text=STYLE)
        _generate_reports.requests = SimpleNamespace(get=lambda *_, **__: style_sheet)
        if poll := os.environ.get("ACCEPTANCE_POLL_SECONDS"):
            seconds = float(poll)
            stack.Timer = lambda _, look: threading.Timer(seconds, look)
            _tui.time = SimpleNamespace(sleep=lambda _: threading.Event().wait(seconds))
