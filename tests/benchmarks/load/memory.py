"""How much memory the function's execution environments take (Linux only)."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

INTERVAL_SECONDS = 0.2
KILOBYTES_PER_MB = 1_000_000 / 1024
RESIDENT = re.compile(r"^(VmHWM|VmRSS):\s+(\d+) kB$", re.MULTILINE)


class MemoryWatch:
    """Watches every process that has a mark in its environment; use it as a context manager.

    Args:
        mark: ``NAME=value`` as the processes were started with.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode()
        self._idle_kb = self._peak_kb = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    @property
    def growth_mb(self) -> float:
        """The largest process at its peak, less what an idle one takes."""
        return (self._peak_kb - self._idle_kb) / KILOBYTES_PER_MB

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def mark_idle(self) -> None:
        """Take what the processes have now as what an idle one takes."""
        self._idle_kb = max((sizes["VmRSS"] for sizes in self._sizes()), default=0)

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            self._peak_kb = max([self._peak_kb, *(sizes["VmHWM"] for sizes in self._sizes())])

    def _sizes(self) -> Iterator[dict[str, int]]:
        """Yield kilobytes now and at the peak; a process that ended has none."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark in (process / "environ").read_bytes().split(b"\0"):
                    status = (process / "status").read_text()
                    if sizes := {name: int(size) for name, size in RESIDENT.findall(status)}:
                        yield sizes
            except OSError:  # gone by now, or somebody else's
                continue
