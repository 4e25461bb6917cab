"""``python -m tests.acceptance``: see ``acceptance.command``."""

import signal

from tests.acceptance.command import main

if __name__ == "__main__":
    # A shell ignores it for what it starts in the background, and Python would leave it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    raise SystemExit(main())
