"""A team that pushes: a repository with the real application, and builds that take no time."""

import io
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from local.emulator import ACCOUNT, REGION, Emulator
from local.pipeline import accounts, launched, stages
from local.pipeline.command import form
from local.pipeline.execution import Execution
from local.pipeline.machine import Machine
from local.pipeline.pushes import push
from local.pipeline.record import PushRecord, StageRecord
from local.pipeline.screen import Screen
from pipeline import definition, region_template
from pipeline.delivery import Environment, load
from serverlessapp.template.reading import load as content_of
from serverlessapp.template.reading import read
from tests.generated import generated

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
APPLICATION, EPHEMERAL = "templates/application.yaml", "templates/application-ephemeral.yaml"
PIPELINE, DELIVERY = "templates/pipeline.yaml", "pipeline/delivery.toml"
LAUNCHED = ("deploy-role", "deploy-role-ephemeral", "taskcat-role", "update-role")

STEP = """\
version: 0.2
env:
  exported-variables: [SUMMARY, REPORT_URL]
phases:
  build:
    commands:
      - sh checks/$STEP.sh
      - export SUMMARY="$STEP of $ENVIRONMENT" REPORT_URL=https://example.com
artifacts:
  files: [checks/plan.txt]
"""
QUICK = "version: 0.2\nphases: {build: {commands: [sh checks/NAME.sh]}}\n"
FILES = {
    **{f"checks/{name}.sh": "true\n" for name in ("unit", "taskcat", "publish")},
    **{
        f"pipeline/buildspecs/{name}.yml": QUICK.replace("NAME", name)
        for name in ("unit", "taskcat", "publish")
    },
    "checks/lint.sh": "true\n",
    "checks/plan.txt": "a plan\n",
    **{f"checks/{step}.sh": "true\n" for step in ("explain", "check", "verify", "watch")},
    "pipeline/buildspecs/inspect.yml": STEP,
    "pipeline/buildspecs/verify.yml": STEP,
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
artifacts:
  base-directory: dist
  files: ['**/*']
""",
}


class Repository:
    """A repository with the real application, and builds that take no time.

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
        files[DELIVERY] = delivery or (ROOT / DELIVERY).read_text()
        self.write({**FILES, **files})
        where = load(folder / DELIVERY)
        regional = json.dumps(region_template.build(None, where).to_dict(), indent=1)
        own = json.dumps(definition.build(None, where).to_dict(), indent=1)
        self.write({PIPELINE: own, "templates/pipeline-region.yaml": regional})
        self.commit({configuration(each): parameters(each) for each in where.environments})

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


def configuration(environment: Environment) -> str:
    return f"configurations/{environment.name}.{REGION}.json"


def parameters(environment: Environment) -> str:
    boundary = f"policy/boundary-serverlessapp-{environment.name}"
    given = {
        "EnvironmentSuffix": environment.name,
        "PermissionsBoundaryArn": f"arn:aws:iam::{environment.account or ACCOUNT}:{boundary}",
        **environment.parameters,
    }
    return json.dumps({"Parameters": given}, indent=1)


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
        self.machine = Machine(
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

    def retry(self, record: PushRecord, name: str, *, only_failed: bool) -> StageRecord:
        """Retry a stage of the last execution, as a person does in the console."""
        (stage,) = (each for each in self.machine.launched.pipeline.stages if each.name == name)
        made = record.last.stage(name)
        execution = self.executions[record.last.id]
        stages.attempt(self.machine, execution, stage, made, only_failed=only_failed)
        return made

    def stack(self, environment: str, account: str = ACCOUNT) -> Any:
        """Return an environment's stack."""
        client = self.emulator.session(account=account).client("cloudformation")
        (stack,) = client.describe_stacks(StackName=f"serverlessapp-{environment}")["Stacks"]
        return stack

    def memory(self) -> str:
        """Return the memory of the function in prod, in MB."""
        parameters = self.stack("prod")["Parameters"]
        given = {each["ParameterKey"]: each["ParameterValue"] for each in parameters}
        return str(given["FunctionMemory"])
