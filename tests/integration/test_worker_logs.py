"""What a function printed is in its own invocation's log, however busy the machine is."""

import inspect
import os
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import IO, Any

from ministack.core.lambda_runtime import Worker

from local.worker_logs import with_everything_printed

LINES = [f"line {number}" for number in range(3)]


@dataclass
class Process:
    stderr: IO[str]


@dataclass
class Printed:
    """A worker whose lines wait in the pipe until somebody has the time to read them."""

    _proc: Any
    _stderr_queue: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def read_late(self, seconds: float) -> None:
        time.sleep(seconds)
        for line in self._proc.stderr:
            self._stderr_queue.put(line.rstrip("\n"))


def drained(drain: Any) -> str:
    """Return what is collected when the reading thread is 100 ms late."""
    out, into = os.pipe()
    os.write(into, "".join(f"{line}\n" for line in LINES).encode())
    with os.fdopen(out) as pipe:
        worker = Printed(Process(pipe))
        reader = threading.Thread(target=worker.read_late, args=(0.1,))
        reader.start()
        text = drain(worker)
        os.close(into)
        reader.join()
    return str(text)


def test_everything_printed_is_collected() -> None:
    complete = with_everything_printed(Worker._drain_stderr_bounded)
    assert drained(complete).splitlines() == LINES


def test_a_worker_that_is_gone_has_nothing_more_to_say() -> None:
    complete = with_everything_printed(Worker._drain_stderr_bounded)
    assert complete(Printed(None)) == ""


def test_ministack_still_needs_to_be_told_to_wait() -> None:
    """When this fails, ministack waits by itself: take ``local/worker_logs.py`` out."""
    assert drained(Worker._drain_stderr_bounded) == ""
    defaults = inspect.signature(Worker._drain_stderr_bounded).parameters
    assert defaults["idle_confirm"].default == 0.005
