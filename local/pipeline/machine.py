"""A launched pipeline: what it is now, what it has delivered, and who runs each action."""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.emulator import Emulator
from local.pipeline import builds, changes, own_update
from local.pipeline import launched as stack
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.launched import STACK, Launched
from local.pipeline.record import ActionRecord, Status
from local.pipeline.screen import Screen
from local.stacks import Change
from serverlessapp.rules.pipelines.changes import PREPARE
from serverlessapp.template.pipeline.delivery import PIPELINE
from serverlessapp.template.pipeline.elements import Action

LOG_LINES = 25
Approve = Callable[[str, str], bool]


@dataclass
class Machine:
    """A pipeline on this machine.

    Attributes:
        launched: The pipeline as it is now.
        checkout: The repository whose last commit is pushed.
        approve: Asks a person: a stage and action, and what the action says.
        screen: Shows what happens.
        delivered: The last execution that succeeded, by stage; a rollback goes back to it.
        pending: A change set of the pipeline's own stack.
        changed: The pipeline has changed itself, so the execution ends.
    """

    emulator: Emulator
    launched: Launched
    checkout: Path
    approve: Approve
    screen: Screen
    delivered: dict[str, Execution] = field(default_factory=dict)
    pending: tuple[Launched, tuple[Change, ...]] | None = None
    changed: bool = False
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, service: str, region: str) -> Any:
        """Return a client; the same one each time, as making it takes longer than most calls."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self.emulator.session(region).client(service)
            return self._clients[service, region]

    def run(self, execution: Execution, action: Action) -> ActionRecord:
        """Run an action and tell how it went."""
        record = ActionRecord(
            stage=action.stage, name=action.name, region=action.region, provider=action.provider
        )
        began = time.monotonic()
        try:
            variables = RUNNERS[action.provider](self, execution, action, record)
            if action.namespace:
                execution.variables[action.namespace] = variables
        except PipelineError as error:
            record.status, record.message = Status.FAILED, str(error)
            log = execution.log(action)
            told = log.read_text(errors="replace") if log.exists() else ""
            record.log = told.splitlines()[-LOG_LINES:]
        finally:
            record.seconds = round(time.monotonic() - began, 2)
        return record


def source(
    machine: Machine, execution: Execution, action: Action, record: ActionRecord
) -> Mapping[str, str]:
    """Fetch the commit; what is not committed is not in it."""
    (name,) = action.outputs
    archive = execution.artifacts.path(name)
    git(machine.checkout, "archive", "--format=zip", f"--output={archive.resolve()}", "HEAD")
    commit, author, date, message = git(
        machine.checkout, "log", "-1", "--format=%H%x00%an%x00%aI%x00%s"
    ).split("\0")
    execution.commit = commit
    record.message = f"{commit[:7]} {message}"
    return {
        "CommitId": commit,
        "CommitMessage": message,
        "AuthorDisplayName": author,
        "AuthorDate": date,
        "BranchName": action.configuration["BranchName"],
        "ConnectionArn": action.configuration["ConnectionArn"],
        "FullRepositoryName": action.configuration["FullRepositoryId"],
    }


def git(checkout: Path, *arguments: str) -> str:
    """Return what git says."""
    done = subprocess.run(
        ["git", "-C", str(checkout), *arguments],  # noqa: S607 - the user's own git
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PipelineError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def build(
    machine: Machine, execution: Execution, action: Action, record: ActionRecord
) -> Mapping[str, str]:
    """Run a build."""
    project = machine.launched.delivery.project_of(action)
    if project is None:
        raise PipelineError(f"there is no project {action.configuration.get('ProjectName')}")
    done = builds.run(
        execution,
        action,
        project,
        session=machine.emulator.session(action.region),
        pipeline=machine.launched.pipeline.name,
    )
    record.tests = sum(report.cases for report in done.reports)
    tests = [f"{report.cases} tests" for report in done.reports]
    exports = [f"{name}={value}" for name, value in done.exports.items()]
    record.message = ", ".join(tests + exports)
    return done.exports


def change(
    machine: Machine, execution: Execution, action: Action, record: ActionRecord
) -> Mapping[str, str]:
    """Prepare or execute a change set; of the pipeline's own stack as well as the emulator can."""
    own = action.configuration["StackName"] == STACK
    client = machine.client("cloudformation", action.region)
    if action.configuration["ActionMode"] != PREPARE:
        return update(machine) if own else changes.execute(execution, action, client)
    if own:
        machine.pending = own_update.prepare(execution, action, machine.launched)
        record.changes = machine.pending[1]
    else:
        record.changes = changes.prepare(execution, action, client)
    record.message = in_words(record.changes)
    return {}


def update(machine: Machine) -> Mapping[str, str]:
    """Execute the pipeline's update of itself."""
    if machine.pending is None:
        raise PipelineError("no action has prepared the change set")
    planned, changed = machine.pending
    machine.pending = None
    if changed:
        machine.launched = stack.make(machine.emulator, planned)
    machine.changed = any(each.resource_type == PIPELINE for each in changed)
    if machine.changed:
        # CodePipeline takes what could be rolled back to away.
        machine.delivered.clear()
    return {}


def in_words(changed: tuple[Change, ...]) -> str:
    """Return changes in words."""
    if not changed:
        return "no changes"
    names = ", ".join(f"{each.action.lower()} {each.logical_id}" for each in changed[:3])
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return f"{names}{more}"


def approval(
    machine: Machine, execution: Execution, action: Action, record: ActionRecord
) -> Mapping[str, str]:
    """Ask a person."""
    question = execution.text(action.configuration.get("CustomData", ""))
    if not machine.approve(f"{action.stage}.{action.name}", question):
        raise PipelineError("rejected")
    record.message = "approved"
    return {}


Runner = Callable[[Machine, Execution, Action, ActionRecord], Mapping[str, str]]
RUNNERS: Mapping[str, Runner] = {
    "CodeStarSourceConnection": source,
    "CodeBuild": build,
    "CloudFormation": change,
    "Manual": approval,
}
