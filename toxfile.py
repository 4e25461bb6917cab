"""Lets tox end with 130 after Ctrl-C, as what it runs does; by itself, it ends with 1, 241 or 254.

tox loads this file as a plugin (tox documentation, "Extending tox", inline plugins).
"""

import atexit
import os
import signal
import sys

from tox.config.sets import CoreConfigSet
from tox.plugin import impl
from tox.session.state import State


@impl
def tox_add_core_config(core_conf: CoreConfigSet, state: State) -> None:  # noqa: ARG001
    """Remember an interrupt, and leave with its exit code once all of tox is over.

    SIGTERM is one, too: by itself, it ends tox and leaves what that runs.
    """

    def interrupted(*_: object) -> None:
        atexit.register(leave)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)


def leave() -> None:
    """End this process; what was registered before is cleaned up by then."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(130)
