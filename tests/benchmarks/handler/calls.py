"""What calls of a warm handler took."""

import statistics
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.handler.stub_process import Counts


@dataclass(frozen=True)
class Situation:
    """How many files an event has, and how much longer each AWS call takes."""

    files: int
    delay_ms: int


@dataclass
class Calls:
    """What the calls of one handler in one situation took."""

    milliseconds: list[float] = field(default_factory=list)
    counts: list[Counts] = field(default_factory=list)
    log_bytes: list[int] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The milliseconds of the median call."""
        return statistics.median(self.milliseconds)

    @property
    def aws_calls(self) -> Counter[str]:
        """AWS calls of the usual call: now and then ours fetches the secret anew."""
        usual = statistics.mode(tuple(sorted(count.calls.items())) for count in self.counts)
        return Counter(dict(usual))

    @property
    def write_units(self) -> float:
        """DynamoDB's write units of the median call."""
        return statistics.median(count.write_units for count in self.counts)

    @property
    def item_bytes(self) -> float:
        """Bytes that the median call put into DynamoDB."""
        return statistics.median(count.item_bytes for count in self.counts)

    @property
    def bytes_logged(self) -> float:
        """Bytes written to the log by the median call."""
        return statistics.median(self.log_bytes)

    def document(self) -> dict[str, Any]:
        """Return what there is to write down."""
        return {
            "milliseconds": self.milliseconds,
            "aws_calls": dict(self.aws_calls),
            "write_units": self.write_units,
            "item_bytes": self.item_bytes,
            "bytes_logged": self.bytes_logged,
        }


Measured = Mapping[str, Mapping[Situation, Calls]]


def ratio(measured: Measured, situation: Situation) -> float:
    """Return ours in relation to the conventional handler."""
    ours, conventional = (measured[name][situation].median for name in ("ours", "conventional"))
    return ours / conventional
