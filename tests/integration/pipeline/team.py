"""A team that pushes the real application, delivered by the real steps; other builds do nothing."""

import io
import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from local import stacks as local_stacks
from local.emulator import ACCOUNT, REGION, Emulator
from local.pipeline import accounts, launched, stages
from local.pipeline.command import form
from local.pipeline.execution import Execution
from local.pipeline.machine import Machine
from local.pipeline.pushes import push
from local.pipeline.record import ActionRecord, PushRecord, StageRecord
from local.pipeline.screen import Screen
from pipeline import definition, region_template
from pipeline import delivery as deliveries
from pipeline.delivery import Environment, load
from serverlessapp.template.pipeline.elements import Action, Stage
from serverlessapp.template.reading import load as content_of
from serverlessapp.template.reading import read
from tests.fixture_lanes import LANES
from tests.generated import generated

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
APPLICATION, EPHEMERAL = "templates/application.yaml", "templates/application-ephemeral.yaml"
PIPELINE, DELIVERY = "templates/pipeline.yaml", "pipeline/delivery.toml"
LAUNCHED = ("deploy-role", "deploy-role-ephemeral", "taskcat-role", "update-role")

QUICK = "version: 0.2\nphases: {build: {commands: [sh checks/NAME.sh]}}\n"
# What stands in for tox, which would install everything anew for each build: the same step, by this
# interpreter, with where the commit delivers to and the lanes of the application that it delivers.
STEPS = f"""\
import sys
from pathlib import Path

sys.path.insert(0, {str(ROOT)!r})
from generators import lanes
from pipeline import delivery
from pipeline.steps.command import main

lanes.PROCESSORS = Path({str(LANES)!r})
delivery.DELIVERY = Path({DELIVERY!r}).resolve()
raise SystemExit(main(sys.argv[sys.argv.index("--") + 1 :]))
"""
TOX = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} checks/steps.py "$@"\n'
FILES = {
    **{f"checks/{name}.sh": "true\n" for name in ("lint", "unit", "taskcat", "publish")},
    **{
        f"pipeline/buildspecs/{name}.yml": QUICK.replace("NAME", name)
        for name in ("unit", "taskcat", "publish")
    },
    **{
        f"pipeline/buildspecs/{name}.yml": (ROOT / f"pipeline/buildspecs/{name}.yml").read_text()
        for name in ("inspect", "verify")
    },
    "checks/steps.py": STEPS,
    "checks/tox": TOX,
    "Makefile": ".venv/bin/tox:\n\tmkdir -p $(@D) && cp checks/tox $@ && chmod 755 $@\n",
    "pipeline/buildspecs/package.yml": """\
version: 0.2
env:
  exported-variables: [VERSION]
phases:
  build:
    commands:
      - sh checks/lint.sh
      - export VERSION=1.0.0-dev
      - mkdir dist
      - cp -r templates configurations dist
      - echo $VERSION > dist/VERSION
artifacts:
  base-directory: dist
  files: ['**/*']
""",
}


class Repository:
    """A repository with the real application; its builds are quick, but for the steps.

    Args:
        folder: Where it is made.
        delivery: Its ``delivery.toml``; the project's own, if none is given.
    """

    def __init__(self, folder: Path, delivery: str = "") -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        made = generated()
        files = {name: made[Path(name).stem].decode() for name in (APPLICATION, EPHEMERAL)}
        files |= {
            f"templates/{name}.yaml": (ROOT / "templates" / f"{name}.yaml").read_text()
            for name in LAUNCHED
        }
        files[DELIVERY] = delivery or deliveries.DELIVERY.read_text()
        self.write({**FILES, **files})
        where = load(folder / DELIVERY)
        regional = json.dumps(region_template.build(None, where).to_dict(), indent=1)
        own = json.dumps(definition.build(None, where).to_dict(), indent=1)
        self.write({PIPELINE: own, "templates/pipeline-region.yaml": regional})
        for environment in where.environments:
            self.write(configurations(environment))
        self.commit({})

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=Team", "-c", "user.email=team@example.com"]
        command = ["git", "-C", str(self.folder), *who, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, files: dict[str, str]) -> None:
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"change {', '.join(files)}")

    def revert(self) -> None:
        """Take the last commit back."""
        self.git("revert", "--no-edit", "HEAD")

    def edit(self, name: str, change: Callable[[Json], object]) -> None:
        """Commit a change of a template or another JSON file; what is written is JSON."""
        content = content_of((self.folder / name).read_bytes())
        change(content)
        self.commit({name: json.dumps(content, indent=1)})

    def memory(self, megabytes: int) -> None:
        """Commit another memory of the function in prod."""
        change = {"FunctionMemory": str(megabytes)}
        self.edit(
            f"configurations/prod.{REGION}.json", lambda each: each["Parameters"].update(change)
        )


def configurations(environment: Environment) -> dict[str, str]:
    """Return what Build would write for each Region of an environment."""
    boundary = f"policy/boundary-serverlessapp-{environment.name}"
    given = {
        "EnvironmentSuffix": environment.name,
        "PermissionsBoundaryArn": f"arn:aws:iam::{environment.account or ACCOUNT}:{boundary}",
        **environment.parameters,
    }
    text = json.dumps({"Parameters": given}, indent=1)
    regions = (region or REGION for region in environment.regions)
    return {f"configurations/{environment.name}.{region}.json": text for region in regions}


@dataclass
class WatchedMachine(Machine):
    """A pipeline beside which something else happens.

    Attributes:
        before: Called before each action, in its thread.
    """

    before: Callable[[Action], object] = lambda _: None

    def run(self, execution: Execution, action: Action) -> ActionRecord:
        self.before(action)
        return super().run(execution, action)


@dataclass
class Team:
    """Who pushes to the pipeline.

    Attributes:
        repository: Where they commit.
        answer: What a person says to an approval, and does meanwhile.
    """

    emulator: Emulator
    repository: Repository
    work: Path
    endpoint: str
    executions: dict[str, Execution]
    answer: Callable[[], bool] = lambda: True
    said: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        folder = self.repository.folder
        outputs = accounts.launch(self.emulator, folder)
        template = read(folder / PIPELINE).content
        home = accounts.home_of(accounts.delivery_of(folder))
        known = template["Parameters"]
        filled = {**form(home), **outputs}
        given = {name: text for name, text in filled.items() if name in known}
        examined = launched.examine(template, given, folder, home)
        self.machine = WatchedMachine(
            emulator=self.emulator,
            launched=launched.make(self.emulator, examined),
            checkout=folder,
            approve=lambda action, question: self.answer(),
            screen=Screen(Console(file=self.said, width=200)),
            endpoint=self.endpoint,
            executions=self.executions,
        )

    def push(self, *wanted: str) -> PushRecord:
        """Push the last commit through some stages; all by default."""
        return push(self.machine, self.work, wanted or None)

    def stage(self, name: str) -> Stage:
        """Return a stage of the pipeline."""
        return next(each for each in self.machine.launched.pipeline.stages if each.name == name)

    def retry(self, record: PushRecord, name: str, *, only_failed: bool) -> StageRecord:
        """Retry a stage of the last execution, as a person does in the console."""
        made, execution = record.last.stage(name), self.executions[record.last.id]
        stages.attempt(self.machine, execution, self.stage(name), made, only_failed=only_failed)
        return made

    def go_back(self, record: PushRecord, name: str) -> StageRecord:
        """Start a rollback of a stage to an earlier execution, as a person does in the console."""
        execution = self.machine.begin(self.work, self.executions[record.last.id])
        made = StageRecord(name=name)
        stages.attempt(self.machine, execution, self.stage(name), made)
        return made

    def log(self, action: str) -> str:
        """Return the log of a build of the last execution that had it: ``DeployProd.Watch``."""
        logs = self.work.glob(f"execution-*/logs/{action}.log")
        return max(logs, key=lambda path: path.stat().st_mtime_ns).read_text()

    @contextmanager
    def forbidden(self, role: str) -> Iterator[None]:
        """Take all that a role may do away, for a while."""
        iam = self.emulator.session().client("iam")
        own = {
            name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        }
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        for name in own:
            iam.delete_role_policy(RoleName=role, PolicyName=name)
        for each in attached:
            iam.detach_role_policy(RoleName=role, PolicyArn=each["PolicyArn"])
        try:
            yield
        finally:
            for name, document in own.items():
                text = document if isinstance(document, str) else json.dumps(document)
                iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)
            for each in attached:
                iam.attach_role_policy(RoleName=role, PolicyArn=each["PolicyArn"])

    def alarm(self, kind: str, state: str) -> None:
        """Let an alarm of prod go on or off: the emulator's own look at nothing."""
        self.emulator.session().client("cloudwatch").set_alarm_state(
            AlarmName=f"serverlessapp-prod-{kind}", StateValue=state, StateReason="a test"
        )

    def by_hand(self, megabytes: int) -> None:
        """Change the function in prod past the pipeline."""
        client = self.emulator.session().client("cloudformation")
        given = self.stack("prod")["Parameters"]
        parameters = {each["ParameterKey"]: each["ParameterValue"] for each in given}
        local_stacks.deploy(
            client,
            stack="serverlessapp-prod",
            template=client.get_template(StackName="serverlessapp-prod")["TemplateBody"],
            parameters={**parameters, "FunctionMemory": str(megabytes)},
        )

    def stack(self, environment: str, account: str = ACCOUNT, region: str = REGION) -> Any:
        """Return an environment's stack."""
        client = self.emulator.session(region, account).client("cloudformation")
        (stack,) = client.describe_stacks(StackName=f"serverlessapp-{environment}")["Stacks"]
        return stack

    def memory(self) -> str:
        """Return the memory of the function in prod, in MB."""
        parameters = self.stack("prod")["Parameters"]
        given = {each["ParameterKey"]: each["ParameterValue"] for each in parameters}
        return str(given["FunctionMemory"])
