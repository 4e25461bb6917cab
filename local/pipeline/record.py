"""What happened, for the screen and for ``--json``."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from local.stacks import Change


class Status(StrEnum):
    """How an action or a stage ended, in CodePipeline's words."""

    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    SKIPPED = "Skipped"
    STOPPED = "Stopped"


@dataclass
class ActionRecord:
    """An action that ran.

    Attributes:
        began: When, in seconds of a clock that all actions share.
        message: Why it failed, or what it did.
        phases: Seconds of each phase of a build.
        log: Last lines of a build that failed.
    """

    stage: str
    name: str
    region: str
    provider: str
    status: Status = Status.SUCCEEDED
    began: float = 0.0
    seconds: float = 0.0
    message: str = ""
    changes: tuple[Change, ...] = ()
    tests: int = 0
    phases: dict[str, float] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)


@dataclass
class StageRecord:
    """A stage that was entered; an attempt more for each retry and rollback."""

    name: str
    status: Status = Status.SUCCEEDED
    message: str = ""
    actions: list[ActionRecord] = field(default_factory=list)
    rolled_back_to: str = ""


@dataclass
class ExecutionRecord:
    """An execution."""

    id: str
    commit: str = ""
    status: Status = Status.SUCCEEDED
    stages: list[StageRecord] = field(default_factory=list)
    variables: dict[str, dict[str, str]] = field(default_factory=dict)

    def stage(self, name: str) -> StageRecord:
        """Return a stage's record."""
        return next(stage for stage in self.stages if stage.name == name)


@dataclass
class PushRecord:
    """A push: usually one execution, two when the pipeline changes itself.

    Attributes:
        seconds: From the push to the end.
    """

    executions: list[ExecutionRecord] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def last(self) -> ExecutionRecord:
        """The execution that delivered, or failed to."""
        return self.executions[-1]

    @property
    def actions(self) -> list[ActionRecord]:
        """Every action that ran."""
        stages = [stage for made in self.executions for stage in made.stages]
        return [action for stage in stages for action in stage.actions]

    def seconds_with(self, provider: str) -> float:
        """Return for how long at least one action of a provider ran."""
        spans = sorted(
            (action.began, action.began + action.seconds)
            for action in self.actions
            if action.provider == provider
        )
        total, reached = 0.0, float("-inf")
        for began, ended in spans:
            total += max(0.0, ended - max(began, reached))
            reached = max(reached, ended)
        return total

    @property
    def succeeded(self) -> bool:
        """Whether it was delivered."""
        return bool(self.executions) and self.last.status is Status.SUCCEEDED

    def document(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {"succeeded": self.succeeded, **asdict(self)}
