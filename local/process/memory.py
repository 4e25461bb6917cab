"""How much memory this process has taken so far."""

import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak() -> float:
    """Return the most memory that was resident since this program began, in MB (2**20 bytes).

    Linux counts it for the program; ``getrusage`` also for what the process was before it became
    this program, its parent's copy (Linux manual, proc_pid_status(5) and getrusage(2)).
    """
    if STATUS.exists():
        lines = STATUS.read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / 1024
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (2**20 if sys.platform == "darwin" else 2**10)
