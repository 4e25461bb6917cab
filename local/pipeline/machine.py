"""A launched pipeline: what it is now, what it has delivered, and who runs each action."""

import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from botocore.exceptions import ClientError

from local.emulator import Emulator
from local.pipeline import builds, changes, endpoint, own_update
from local.pipeline import launched as stack
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.identities import Identities
from local.pipeline.launched import STACK, Launched
from local.pipeline.record import ActionRecord, Status
from local.pipeline.screen import Screen
from local.pipeline.stores import Stores
from local.stacks import Change
from serverlessapp.rules.pipelines.changes import PREPARE
from serverlessapp.template.pipeline.delivery import PIPELINE
from serverlessapp.template.pipeline.elements import Action, Project

LOG_LINES = 25
Approve = Callable[[str, str], bool]


@dataclass
class Machine:
    """A pipeline on this machine."""

    emulator: Emulator
    launched: Launched
    checkout: Path  # the repository whose last commit is pushed
    approve: Approve  # asks a person: a stage and action, and what the action says
    screen: Screen
    endpoint: str  # where builds ask CodePipeline about ``executions``
    executions: dict[str, Execution]  # every execution, by its ID
    # The last execution that succeeded, by stage; a rollback goes back to it.
    delivered: dict[str, Execution] = field(default_factory=dict)
    running: list[Execution] = field(default_factory=list)  # executions that have not ended
    # A change set of the pipeline's own stack, by execution.
    pending: dict[str, tuple[Launched, tuple[Change, ...]]] = field(default_factory=dict)
    # A stage runs one execution at a time, as in CodePipeline's mode QUEUED.
    occupied: defaultdict[str, threading.Lock] = field(
        default_factory=lambda: defaultdict(threading.Lock)
    )

    def __post_init__(self) -> None:
        self.identities = Identities(self.emulator)
        self.know_sources()

    def know_sources(self) -> None:
        """Note for which resource each service takes a role."""
        pipeline, home = self.launched.pipeline, self.launched.home
        place = f"{home.region}:{home.account}"
        self.identities.sources[pipeline.role] = f"arn:aws:codepipeline:{place}:{pipeline.name}"
        for project in self.launched.delivery.projects.values():
            source = f"arn:aws:codebuild:{place}:project/{project.name}"
            self.identities.sources[project.role] = source

    @property
    def stores(self) -> Stores:
        return Stores(self.identities, self.launched.pipeline)

    def roles(self, action: Action) -> list[str]:
        """Return the roles that are taken, one after the other, to run an action."""
        return [role for role in (self.launched.pipeline.role, action.role) if role]

    def begin(self, folder: Path, target: Execution | None = None) -> Execution:
        """Return a new execution; its folder is beside those of the others."""
        number = len(list(folder.glob("execution-*")))
        execution = Execution(folder=folder / f"execution-{number}", target=target)
        execution.folder.mkdir(parents=True, exist_ok=True)
        self.executions[execution.id] = execution
        return execution

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
    machine.stores.put(execution, action, *machine.roles(action))
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
    project = machine.launched.delivery.project_of(action)
    if project is None:
        raise PipelineError(f"there is no project {action.configuration.get('ProjectName')}")
    start(machine, action, project)
    machine.stores.get(execution, action, project.role)
    session = machine.identities.session(action.region, project.role)
    session.environment[endpoint.VARIABLE] = machine.endpoint
    done = builds.run(
        execution, action, project, session=session, pipeline=machine.launched.pipeline.name
    )
    machine.stores.put(execution, action, project.role)
    record.tests = sum(report.cases for report in done.reports)
    tests = [f"{report.cases} tests" for report in done.reports]
    exports = [
        f"{name}={value}"
        for name, value in done.exports.items()
        if not value.startswith("https://")  # of a console, which is not here
    ]
    record.message = ", ".join(tests + exports)
    return done.exports


def start(machine: Machine, action: Action, project: Project) -> None:
    """Ask CodeBuild to build, as the action's role; what the emulator makes of it is of no use."""
    client = machine.identities.client("codebuild", action.region, *machine.roles(action))
    try:
        client.start_build(projectName=project.name)
    except ClientError as error:
        raise PipelineError(error.response["Error"]["Message"]) from error


def change(
    machine: Machine, execution: Execution, action: Action, record: ActionRecord
) -> Mapping[str, str]:
    """Prepare or execute a change set; of the pipeline's own stack as well as the emulator can."""
    own = action.configuration["StackName"] == STACK
    roles = machine.roles(action)
    client = machine.identities.client("cloudformation", action.region, *roles)
    if action.configuration["ActionMode"] != PREPARE:
        if own:
            return update(machine, execution, action)
        return changes.execute(execution, action, client, partial(exists, machine, action))
    machine.stores.get(execution, action, *roles)
    if own:
        planned = own_update.prepare(execution, action, machine.launched, client)
        machine.pending[execution.id] = planned
        record.changes = planned[1]
    else:
        record.changes = changes.prepare(execution, action, client)
    record.message = in_words(record.changes)
    return {}


def update(machine: Machine, execution: Execution, action: Action) -> Mapping[str, str]:
    """Execute the pipeline's update of itself, which ends every execution that runs."""
    if execution.id not in machine.pending:
        raise PipelineError("no action has prepared the change set")
    planned, changed = machine.pending.pop(execution.id)
    client = machine.identities.client("cloudformation", action.region, *machine.roles(action))
    changes.execute(execution, action, client)
    if changed:
        machine.launched = stack.there(machine.emulator, planned)
        machine.identities.forget()
        machine.know_sources()
    execution.changed = any(each.resource_type == PIPELINE for each in changed)
    if execution.changed:
        # CodePipeline takes what could be rolled back to away.
        machine.delivered.clear()
        for other in machine.running:
            other.cancelled = other is not execution
    return {}


def exists(machine: Machine, action: Action, bucket: str, key: str) -> bool:
    """Tell whether an object is there, in the pipeline's account or in the action's."""
    accounts = {
        machine.launched.home.account,
        *(role.split(":")[4] for role in machine.roles(action)),
    }
    for account in accounts:
        try:
            client = machine.emulator.session(action.region, account).client("s3")
            client.head_object(Bucket=bucket, Key=key)
        except ClientError:
            continue
        return True
    return False


def in_words(changed: tuple[Change, ...]) -> str:
    if not changed:
        return "no changes"
    names = ", ".join(f"{each.action.lower()} {each.logical_id}" for each in changed[:3])
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return f"{names}{more}"


def approval(
    machine: Machine, execution: Execution, action: Action, record: ActionRecord
) -> Mapping[str, str]:
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
