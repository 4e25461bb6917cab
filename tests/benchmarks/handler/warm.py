"""Calls of a handler that is loaded already."""

import io
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import NamedTuple

from tests.benchmarks.handler.bootstrap import Context, load, log_to
from tests.benchmarks.handler.contenders import CONTENDERS
from tests.benchmarks.handler.stub import AwsCall, Stub
from tests.benchmarks.measure import MeasurementError

WRITE_UNIT = 1024  # bytes; DynamoDB charges an item by begun units


class Situation(NamedTuple):
    """Which handler gets an event of how many files, and how much longer each AWS call takes."""

    handler: str
    files: int
    delay_ms: int


@dataclass(frozen=True)
class CallTime:
    """What one call took."""

    milliseconds: float
    aws_calls: list[AwsCall]
    log_bytes: int


@dataclass(frozen=True)
class WarmResult:
    """What the calls in one situation say: medians, and the usual AWS calls by operation."""

    median: float  # milliseconds
    aws_calls: dict[str, int]
    write_units: float
    item_bytes: float
    log_bytes: float
    milliseconds: list[float]

    @classmethod
    def of(cls, calls: Sequence[CallTime]) -> "WarmResult":
        """Return the result of at least one call.

        Now and then ours fetches the secret anew, so the usual AWS calls are those of most calls.
        """
        times = [call.milliseconds for call in calls]
        sizes = [[made.item_bytes for made in call.aws_calls] for call in calls]
        usual = statistics.mode(
            tuple(sorted(made.operation for made in call.aws_calls)) for call in calls
        )
        return cls(
            median=statistics.median(times),
            aws_calls=dict(Counter(usual)),
            write_units=statistics.median(
                sum(-(-size // WRITE_UNIT) for size in each) for each in sizes
            ),
            item_bytes=statistics.median(sum(each) for each in sizes),
            log_bytes=statistics.median(call.log_bytes for call in calls),
            milliseconds=times,
        )


class WarmHandlers:
    """Both handlers, loaded into this process, which has to have their environment."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._log = io.StringIO()
        log_to(self._log)
        with redirect_stdout(self._log):
            self._handlers = {name: load(each.source) for name, each in CONTENDERS.items()}

    def call(self, situation: Situation) -> CallTime:
        """Call a handler once.

        Raises:
            MeasurementError: It failed.
        """
        event = CONTENDERS[situation.handler].event(situation.files)
        handler = self._handlers[situation.handler]
        self._log.seek(0)
        self._log.truncate()
        self._stub.delay_ms.value = situation.delay_ms
        self._stub.calls()
        with redirect_stdout(self._log):
            started = time.perf_counter()
            result = handler(event, Context())
            seconds = time.perf_counter() - started
        if result.get("batchItemFailures"):
            raise MeasurementError(f"a file was not processed:\n{self._log.getvalue()}")
        return CallTime(seconds * 1000, self._stub.calls(), len(self._log.getvalue().encode()))
