"""Calls of a handler that is loaded already."""

import io
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from typing import Any

from tests.benchmarks.handler.bootstrap import Context, Handler, LambdaLog, load
from tests.benchmarks.handler.calls import Calls, Measured, Situation
from tests.benchmarks.handler.contenders import Contender
from tests.benchmarks.handler.stub_process import StubProcess
from tests.benchmarks.processes import MeasurementError

FILES = (1, 10)
DELAYS_MS = (0, 5, 15)
CALLS = 5  # of each handler in a round, in turn


@contextmanager
def lambda_log() -> Iterator[None]:
    """Log as in Lambda while the context lasts."""
    root, handler = logging.getLogger(), LambdaLog()
    level = root.level
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def measure(
    stub: StubProcess, field: Mapping[str, Contender], rounds: int, show: Callable[[str], None]
) -> Measured:
    """Return the calls of all rounds, after one that does not count.

    The handlers take turns at each call: a machine that slows down does so for both.

    Raises:
        MeasurementError: A handler failed.
    """
    with redirect_stdout(io.StringIO()):  # the SDK logs where it finds its set-up
        handlers = {name: load(contender.source) for name, contender in field.items()}
    situations = [Situation(files, delay) for delay in DELAYS_MS for files in FILES]
    for number in range(rounds + 1):
        if number in (0, 1):  # the second time to forget the warm-up
            measured = {name: {each: Calls() for each in situations} for name in field}
        for situation in situations:
            stub.delay(situation.delay_ms)
            for name in list(field) * CALLS:
                event = field[name].event(situation.files)
                call(stub, handlers[name], event, measured[name][situation])
            show("calls")
    return measured


def call(stub: StubProcess, handler: Handler, event: Mapping[str, Any], calls: Calls) -> None:
    """Call a handler once and add what that took."""
    before, log = stub.counts(), io.StringIO()
    with redirect_stdout(log):
        started = time.perf_counter()
        result = handler(event, Context())
        seconds = time.perf_counter() - started
    if result.get("batchItemFailures"):
        raise MeasurementError(f"the handler failed to process a file:\n{log.getvalue()}")
    calls.milliseconds.append(seconds * 1000)
    calls.counts.append(stub.counts().since(before))
    calls.log_bytes.append(len(log.getvalue().encode()))


def steps(rounds: int) -> int:
    """Return how often ``measure`` shows that it goes on."""
    return (rounds + 1) * len(FILES) * len(DELAYS_MS)
