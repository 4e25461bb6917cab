"""What a function printed is in its own invocation's log, however busy the machine is."""

import io
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from ministack.core.lambda_runtime import Worker

from local.corrections import worker_logs

LINES = [f"größer {number}" for number in range(300)]
PRINT = f"import sys; sys.stderr.write('\\n'.join({LINES!r}) + '\\n'); sys.stderr.flush()"
WAIT = "; print(flush=True); sys.stdin.read()"  # answer, and go on running


class Printed:
    """A worker without ministack around it."""

    def __init__(self, script: str) -> None:
        self._proc: Any = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        self._stderr_queue: queue.Queue[str] = queue.Queue()
        self._stderr_thread = threading.Thread(target=lambda: None)

    def read(self, reader: Callable[[Any], None]) -> None:
        self._stderr_thread = threading.Thread(target=reader, args=(self,))
        self._stderr_thread.start()

    def end(self) -> None:
        for pipe in (self._proc.stdin, self._proc.stdout):
            pipe.close()
        self._proc.wait()
        self._stderr_thread.join()
        self._proc.stderr.close()

    _drain_stderr = Worker._drain_stderr


class Slow(io.TextIOWrapper):
    """A pipe whose reader does not get its turn at first."""

    turns = 0

    def __next__(self) -> str:  # type: ignore[override]
        self.turns += 1
        if self.turns == 1:
            time.sleep(0.2)
        return super().__next__()


def complete(worker: Any) -> str:
    return worker_logs.drain(Worker._drain_stderr_bounded, worker)


def pass_on(worker: Any) -> None:
    worker_logs.pass_on(Worker._read_stderr, worker)


def test_everything_printed_before_the_answer_is_collected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = Printed(PRINT + WAIT)
    read = os.read

    def late(fd: int, size: int) -> bytes:
        text = read(fd, size)
        time.sleep(0.2)  # has read, and does not get its turn to pass it on
        return text

    monkeypatch.setattr(os, "read", late)
    worker._proc.stdout.readline()
    worker.read(pass_on)
    try:
        assert complete(worker).splitlines() == LINES
    finally:
        worker.end()


def test_the_last_words_of_a_worker_that_ended_are_collected() -> None:
    worker = Printed(PRINT + "; sys.stderr.write('no newline')")
    worker._proc.wait()
    ended, pipe = worker._proc, worker._proc.stderr
    worker.read(pass_on)
    worker._stderr_thread.join()
    worker._proc = None
    assert complete(worker).splitlines() == [*LINES, "no newline"]
    for stream in (ended.stdin, ended.stdout, pipe):
        stream.close()


def test_ministack_still_loses_what_its_reader_has_not_passed_on() -> None:
    """When this fails, ministack waits by itself: take the correction out."""
    worker = Printed(PRINT + WAIT)
    worker._proc.stdout.readline()
    worker._proc.stderr = Slow(worker._proc.stderr.detach(), encoding="utf-8")
    worker.read(Worker._read_stderr)
    try:
        assert Worker._drain_stderr_bounded(worker).splitlines() != LINES
    finally:
        worker._proc.terminate()
        worker.end()
