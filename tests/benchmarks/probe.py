"""Run a command and print its exit code, seconds and peak memory, as one line.

A program of its own, because Linux counts into a process's peak what it was before it became
another program. Children started by the benchmark itself would all seem to need at least the
memory of the benchmark. This one imports next to nothing.

    python -I -S probe.py COMMAND [ARGUMENT ...]
"""

import os
import sys
import time


def main() -> None:
    """Run the command line's command; what it prints goes to the error stream."""
    command = sys.argv[1:]
    started = time.perf_counter()
    child = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)]
    )
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    print(os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss)


if __name__ == "__main__":
    main()
