"""One execution: what a push has made so far."""

import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.pipeline.artifacts import Artifacts
from local.pipeline.errors import PipelineError
from serverlessapp.rules.pipelines.variables import OWN, REFERENCE
from serverlessapp.template.pipeline.elements import Action


@dataclass
class Execution:
    """An execution."""

    folder: Path  # of its artifacts and logs
    # What it rolls back to, whose artifacts and variables it has; None: it does not.
    target: "Execution | None" = None
    commit: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # What actions handed on, by namespace.
    variables: dict[str, Mapping[str, str]] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)  # set to end what runs
    changed: bool = False  # it has changed the pipeline, so it ends
    cancelled: bool = False  # another one has, so it ends, too
    artifacts: Artifacts = field(init=False)

    def __post_init__(self) -> None:
        if self.target:
            self.artifacts, self.commit = self.target.artifacts, self.target.commit
            self.variables = {**self.target.variables}
        else:
            self.artifacts = Artifacts(self.folder / "artifacts")
        self.variables[OWN] = {"PipelineExecutionId": self.id}

    def log(self, action: Action) -> Path:
        """Return where an action's log is kept."""
        folder = self.folder / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{action.stage}.{action.name}.log"

    def text(self, text: str) -> str:
        """Return a text with its references replaced, ``#{Namespace.name}``."""

        def value(match: re.Match[str]) -> str:
            namespace, name = match[1], match[2]
            try:
                return self.variables[namespace][name]
            except KeyError as error:
                raise PipelineError(f"no action has produced {match[0]}") from error

        return REFERENCE.sub(value, text)

    def texts(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {key: self.text(text) for key, text in texts.items()}
