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
    CANCELLED = "Cancelled"


@dataclass
class ActionRecord:
    """An action that ran."""

    stage: str
    name: str
    region: str
    provider: str
    status: Status = Status.SUCCEEDED
    seconds: float = 0.0
    message: str = ""  # why it failed, or what it did
    changes: tuple[Change, ...] = ()
    tests: int = 0
    log: list[str] = field(default_factory=list)  # last lines of a build that failed


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
        return next(stage for stage in self.stages if stage.name == name)


@dataclass
class PushRecord:
    """A push: usually one execution, two when the pipeline changes itself."""

    executions: list[ExecutionRecord] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def last(self) -> ExecutionRecord:
        """The execution that delivered, or failed to."""
        return self.executions[-1]

    @property
    def succeeded(self) -> bool:
        return bool(self.executions) and self.last.status is Status.SUCCEEDED

    def document(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {"succeeded": self.succeeded, **asdict(self)}
