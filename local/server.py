"""The emulator's process: ministack, with what our stack needs corrected.

Started by ``local.emulator``; nobody else should import it.
"""

import argparse
import os
import shutil
import signal
import sys
import threading
from importlib.metadata import version
from pathlib import Path

from local import corrections, enforcement, replacements, validation

# What is replaced in ministack holds for this version only. A test shows that each correction is
# still needed; with a new version, run it before raising the number.
MINISTACK_VERSION = "1.5.33"


def stop_with_parent() -> None:
    """End this process when the parent's end of the pipe on stdin closes, even by a crash."""

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM, then remove the data."""
    parser = argparse.ArgumentParser(prog="python -m local.server", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of this emulator alone; removed at the end")
    parser.add_argument("--outlive-parent", action="store_true")
    parser.add_argument("--decisions", type=Path, help="enforce, and write each decision there")
    arguments = parser.parse_args(argv)
    if version("ministack") != MINISTACK_VERSION:
        print(f"this needs ministack {MINISTACK_VERSION}, installed is {version('ministack')}")
        return 1
    if not arguments.outlive_parent:
        stop_with_parent()
    try:
        from ministack import app

        replacements.load(corrections)
        replacements.load(validation)
        if arguments.decisions:
            replacements.load(enforcement)
            from local.enforcement import trace

            trace.write_to(arguments.decisions)
        replacements.install()
        sys.argv = ["ministack"]
        app.main()
    finally:
        shutil.rmtree(arguments.data, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
