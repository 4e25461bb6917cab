"""What became of every stack, from its creation to its end."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.acceptance.checks.result import Result
from tests.acceptance.tests import Test


@dataclass(kw_only=True)
class Outcome:
    """One stack.

    Attributes:
        created: CloudFormation completed it.
        functional: Every check held.
        deleted: It is gone, with all it had but what it was to keep.
        seconds: That looking at it took.
        failures: What was wrong, in words, first things first.
    """

    test: str
    region: str
    created: bool
    functional: bool
    deleted: bool = True
    seconds: float
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether everything was as it should be."""
        return self.created and self.functional and self.deleted and not self.failures

    @classmethod
    def of(cls, result: Result) -> "Outcome":
        """Return what is known before the stack is deleted."""
        return cls(
            test=result.test,
            region=result.region,
            created=result.created,
            functional=result.created and not result.failure,
            seconds=result.seconds,
            failures=[result.failure] if result.failure else [],
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """All stacks of a run, and what concerns none of them in particular."""

    outcomes: Sequence[Outcome]
    problems: Sequence[str]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every stack and everything else was as it should be."""
        return not self.problems and all(outcome.passed for outcome in self.outcomes)

    def document(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "passed": self.passed,
            "seconds": round(self.seconds, 2),
            "problems": list(self.problems),
            "stacks": [asdict(outcome) for outcome in self.outcomes],
        }


def results(tests: Iterable[Test], folder: Path) -> list[Result]:
    """Return what the post-hook saw of each stack; where it saw nothing, that."""
    return [
        result_of(folder / f"{test.name}.{region}.json", test.name, region)
        for test in tests
        for region in test.regions
    ]


def result_of(path: Path, test: str, region: str) -> Result:
    """Return a result, or one that says there is none."""
    if path.is_file():
        return Result.read(path)
    failure = "taskcat ended before anybody looked at the stack"
    return Result(test=test, region=region, stack="", failure=failure)
