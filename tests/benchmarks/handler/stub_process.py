"""Starts the stub, and speaks with it."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from http.client import HTTPConnection
from types import TracebackType

from tests.benchmarks.contenders import ROOT
from tests.benchmarks.handler.stub import COUNTS, DELAY
from tests.benchmarks.processes import MeasurementError

STOP_SECONDS = 10


@dataclass(frozen=True)
class Counts:
    """AWS calls by operation, and what those wrote to DynamoDB."""

    calls: Counter[str]
    write_units: int
    item_bytes: int

    def since(self, earlier: "Counts") -> "Counts":
        """Return what was added."""
        return Counts(
            self.calls - earlier.calls,
            self.write_units - earlier.write_units,
            self.item_bytes - earlier.item_bytes,
        )


class StubProcess:
    """The stub in a process of its own; use it as a context manager.

    Its Python must not share an interpreter lock with the handlers, or each would wait for it.
    """

    def __enter__(self) -> "StubProcess":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.handler.stub"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        port = self._process.stdout.readline().strip()
        if not port:
            self._stop()
            raise MeasurementError("the server that stands for AWS does not start")
        self.endpoint = f"http://127.0.0.1:{port}"
        self._connection = HTTPConnection("127.0.0.1", int(port))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        self._stop()

    def delay(self, milliseconds: float) -> None:
        """Let each AWS call take this much longer from now on."""
        self._ask("PUT", DELAY, str(milliseconds))

    def counts(self) -> Counts:
        """Return what was called so far."""
        counted = json.loads(self._ask("GET", COUNTS))
        return Counts(Counter(counted["calls"]), counted["write_units"], counted["item_bytes"])

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        self._connection.request(method, path, body)
        return self._connection.getresponse().read()

    def _stop(self) -> None:
        """End the process by ending its input."""
        try:
            self._process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
