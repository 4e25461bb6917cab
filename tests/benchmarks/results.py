"""Many samples in a few figures."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.processes import Sample


@dataclass(frozen=True)
class Result:
    """What the samples of one contender say."""

    label: str
    median: float  # seconds; a few disturbed rounds do not move it
    minimum: float
    maximum: float
    peak_mb: float  # of the worst round: memory has to suffice every time
    samples: tuple[Sample, ...]


def result(label: str, samples: Sequence[Sample]) -> Result:
    """Return the figures of at least one sample."""
    seconds = [sample.seconds for sample in samples]
    return Result(
        label=label,
        median=statistics.median(seconds),
        minimum=min(seconds),
        maximum=max(seconds),
        peak_mb=max(sample.peak_mb for sample in samples),
        samples=tuple(samples),
    )
