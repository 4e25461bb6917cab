"""What comes in, what a file takes, and how the stack is set: the options of the command."""

from dataclasses import dataclass
from typing import Annotated

from typer import BadParameter, Option

from serverlessapp.errors import OperatorError
from serverlessapp.processors.function import Function

BATCH = 10  # files, as the template says
# What an option may be; throughput.check knows those that depend on quotas.
RANGES = {
    "per_hour": (0, 1e9),
    "size": (0, 5e7),
    "seconds": (0.001, 900),
    "side_by_side": (1, BATCH),
    "memory": (128, 10_240),
    "lanes": (1, 100),
    "prefixes": (1, 10_000),
    "busiest_key": (0, 1),
}


@dataclass(frozen=True)
class Pollers:
    """MinimumPollers and MaximumPollers, of each lane."""

    few: int
    many: int

    def __str__(self) -> str:
        return f"{self.few}:{self.many}"


def few_and_many(text: str) -> Pollers:
    """Return what ``2:200`` says."""
    few, _, many = text.partition(":")
    if not (few.isdecimal() and many.isdecimal()):
        raise BadParameter("give two numbers, such as 2:200")
    return Pollers(int(few), int(many))


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What comes in, what a file takes, and how the stack is set; each says it to its option.

    Raises:
        OperatorError: A value is out of its range.
    """

    seconds: Annotated[
        float, Option(metavar="S", help="Processing time of a file that is alone in its batch.")
    ]
    side_by_side: Annotated[
        float,
        Option(
            metavar="N", help="Files of a batch that run concurrently at full speed (1: CPU-bound)."
        ),
    ] = BATCH
    size: Annotated[float, Option(metavar="MB", help="Average size of a file, in MB.")] = 1
    per_hour: Annotated[
        float, Option(metavar="N", help="Steady upload rate, in files per hour.")
    ] = 0
    lanes: Annotated[
        int, Option(metavar="N", help="Number of processors that share the files.")
    ] = 1
    prefixes: Annotated[
        int, Option(metavar="N", help="Number of prefixes that share the files.")
    ] = 1
    busiest_key: Annotated[
        float, Option(metavar="SHARE", help="Share of files with the same key, 0 to 1.")
    ] = 0
    memory: Annotated[int, Option(metavar="MB", help="FunctionMemory.")] = Function.memory
    concurrency: Annotated[
        int, Option(metavar="N", help="MaximumConcurrency of each processor.")
    ] = Function.concurrency
    pollers: Annotated[
        Pollers | None,
        Option(parser=few_and_many, metavar="MIN:MAX", help="MinimumPollers and MaximumPollers."),
    ] = None
    warm_throughput: Annotated[float, Option(metavar="N", help="LedgerWarmThroughput.")] = 0
    eventbridge: Annotated[
        bool, Option("--eventbridge", help="Files arrive through EventBridge.")
    ] = False
    kms: Annotated[
        bool, Option("--kms", help="Files use a customer managed key, without an S3 Bucket Key.")
    ] = False

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:  # NaN is not, either
                raise OperatorError(f"--{name.replace('_', '-')} must be {least:g} to {most:g}")

    @property
    def batch_seconds(self) -> float:
        """Seconds that a full batch takes."""
        return self.seconds * BATCH / self.side_by_side

    @property
    def environment_seconds(self) -> float:
        """Seconds of an execution environment that a file takes in a full batch."""
        return self.seconds / self.side_by_side
