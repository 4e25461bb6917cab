"""Lets ministack put all that an invocation printed into that invocation's log.

A worker prints to a pipe and then answers; a thread reads the pipe, and ministack collects what
that thread has passed on by then, waiting a few milliseconds at most. On a busy machine the rest
goes into the next invocation's log or, if there is none, nowhere.
"""

import fcntl
import os
import select
import struct
import termios
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.lambda_runtime import ProvidedWorker

from local.replacements import around

CHUNK = 65_536
LONGEST_SECONDS = 5.0  # for a thread that always gets its turn sooner or later
POLL_SECONDS = 0.001

# Held from reading a pipe to passing on what was read, so: nothing unread and nobody holds it, and
# everything is there.
passing_on = threading.Lock()


@around("core.lambda_runtime", "Worker", "_read_stderr")
def pass_on(_: Callable[..., None], worker: Any) -> None:
    """Pass on lines until the pipe is closed."""
    pipe, rest = worker._proc.stderr, b""
    waiting = select.poll()
    try:
        waiting.register(pipe, select.POLLIN)
        while True:
            waiting.poll()
            with passing_on:
                text = os.read(pipe.fileno(), CHUNK)
                *lines, rest = (rest + text).split(b"\n")
                if not text and rest:
                    lines.append(rest)
                for line in lines:
                    worker._stderr_queue.put(line.decode(errors="replace"))
            if not text:
                return
    except (OSError, ValueError):
        return  # the pipe is gone with the worker


@around("core.lambda_runtime", "Worker", "_drain_stderr_bounded")
def drain(original: Callable[..., str], worker: Any, **options: float) -> str:
    """Return all that was printed before the answer."""
    if isinstance(worker, ProvidedWorker):  # has another reader
        return original(worker, **options)
    if worker._proc is None:  # it has ended, and so does the thread that reads
        worker._stderr_thread.join(LONGEST_SECONDS)
    deadline = time.monotonic() + LONGEST_SECONDS
    while worker._proc and unread(worker._proc.stderr) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    with passing_on:
        return str(worker._drain_stderr())


def unread(pipe: Any) -> int:
    """Return how many bytes wait in a pipe (``ioctl_tty(2)``, FIONREAD)."""
    buffer = fcntl.ioctl(pipe.fileno(), termios.FIONREAD, b"\0" * struct.calcsize("i"))
    return int(struct.unpack("i", buffer)[0])
