"""What comes in, what a file takes, and how the stack is set."""

from dataclasses import dataclass

from serverlessapp.errors import OperatorError
from serverlessapp.processors.definition import Function

BATCH = 10  # files, as the template says
# What an input may be. The time of a batch has a limit of its own.
RANGES = {
    "per_hour": (0, 1e9),
    "megabytes": (0, 5e7),
    "seconds": (0.001, 900),
    "side_by_side": (1, BATCH),
    "memory": (128, 10_240),
    "lanes": (1, 100),
    "prefixes": (1, 10_000),
    "busiest_key": (0, 1),
}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What comes in, what a file takes, and how the stack is set.

    Attributes:
        seconds: That a file takes, alone in its batch.
        per_hour: Files that come all the time.
        megabytes: Mean size of a file.
        side_by_side: How many of a batch's files the function works on at full speed: all of them,
            where they wait for services; 1 where they compute.
        memory: MB of the function.
        lanes: Processors that share the files evenly.
        prefixes: Of keys, over which the files are spread evenly.
        busiest_key: Share of the files that have the same key.
        concurrency: MaximumConcurrency of each lane; without meaning in provisioned mode.
        pollers: Fewest and most event pollers of each lane; None: no provisioned mode.
        warm_writes: Warm throughput of each ledger; 0: that of a new table.
        eventbridge: Whether files come through EventBridge, and not as notifications.
        kms: Whether reading a file asks KMS: under one's own key, without a bucket key.

    Raises:
        OperatorError: A value is out of its range.
    """

    seconds: float
    per_hour: float = 0
    megabytes: float = 1
    side_by_side: float = BATCH
    memory: int = Function.memory
    lanes: int = 1
    prefixes: int = 1
    busiest_key: float = 0
    concurrency: int = Function.concurrency
    pollers: tuple[int, int] | None = None
    warm_writes: float = 0
    eventbridge: bool = False
    kms: bool = False

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:  # NaN is not, either
                option = {"megabytes": "size"}.get(name, name.replace("_", "-"))
                raise OperatorError(f"--{option} must be {least:g} to {most:g}")

    @property
    def batch_seconds(self) -> float:
        """Seconds that a full batch takes."""
        return self.seconds * BATCH / self.side_by_side

    @property
    def environment_seconds(self) -> float:
        """Seconds of an execution environment that a file takes in a full batch."""
        return self.seconds / self.side_by_side
