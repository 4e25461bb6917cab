"""A team that pushes: a repository with the real templates, and builds that take no time."""

import hashlib
import io
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from local.emulator import Emulator
from local.pipeline import launched
from local.pipeline.command import FORM
from local.pipeline.machine import Machine
from local.pipeline.pushes import push
from local.pipeline.record import PushRecord
from local.pipeline.screen import Screen
from pipeline.regions import EXTRA, HOME
from serverlessapp.template.reading import load, read
from tests.generated import generated

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
REGIONS = (HOME, *(region.name for region in EXTRA))
STACK = "serverlessapp-prod"
APPLICATION = "templates/application.yaml"
PIPELINE = "templates/pipeline.yaml"
PRODUCTION = "pipeline/environments/prod.json"

REPORT = "<testsuite><testcase name='a'/><testcase name='b'/></testsuite>"
TESTS = f"""\
version: 0.2
phases:
  build:
    commands:
      - mkdir reports
      - echo "{REPORT}" > reports/NAME.xml
      - sh checks/NAME.sh
reports:
  junit:
    base-directory: reports
    files: NAME.xml
"""
FILES = {
    "VERSION": "1.0.0-dev\n",
    "checks/lint.sh": "true\n",
    "checks/unit.sh": "true\n",
    "checks/taskcat.sh": "true\n",
    "pipeline/buildspecs/unit.yml": TESTS.replace("NAME", "unit"),
    "pipeline/buildspecs/taskcat.yml": TESTS.replace("NAME", "taskcat"),
    "pipeline/buildspecs/package.yml": """\
version: 0.2
env:
  exported-variables: [VERSION]
phases:
  build:
    commands:
      - sh checks/lint.sh
      - mkdir dist
      - cp -r templates pipeline/environments dist
      - export VERSION="$(cat VERSION)"
artifacts:
  base-directory: dist
  files: ['**/*']
""",
    "pipeline/buildspecs/publish.yml": """\
version: 0.2
phases:
  build:
    commands:
      - test -f "$CODEBUILD_SRC_DIR_Package/templates/application.yaml"
      - test -n "$RELEASE_BUCKET"
      - test "$VERSION" = "$(cat VERSION)"
""",
}


class Repository:
    """A repository with the real templates, and builds that take no time.

    Args:
        folder: Where it is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        files = {name: generated()[Path(name).stem].decode() for name in (APPLICATION, PIPELINE)}
        self.commit({**FILES, **files, PRODUCTION: (ROOT / PRODUCTION).read_text()})

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=Team", "-c", "user.email=team@example.com"]
        command = ["git", "-C", str(self.folder), *who, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def commit(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"change {', '.join(files)}")

    def revert(self) -> None:
        """Take the last commit back."""
        self.git("revert", "--no-edit", "HEAD")

    def edit(self, name: str, change: Callable[[Json], object]) -> None:
        """Commit a change of a template or another JSON file; what is written is JSON."""
        content = load((self.folder / name).read_bytes())
        change(content)
        self.commit({name: json.dumps(content, indent=1)})

    def change_handler(self) -> None:
        """Commit what the generator makes of another handler: code, and its digest."""
        text = (self.folder / APPLICATION).read_text()
        code = handler(load(text))["ZipFile"]
        changed = code + "\nCHANGED = True\n"
        old, new = (hashlib.sha256(each.encode()).hexdigest()[:16] for each in (code, changed))
        assert old in text
        content = load(text.replace(old, new))
        handler(content)["ZipFile"] = changed
        self.commit({APPLICATION: json.dumps(content, indent=1)})


@dataclass
class Team:
    """Who pushes to the pipeline.

    Attributes:
        repository: Where they commit.
        answers: What they say to approvals; yes when it is empty.
    """

    emulator: Emulator
    repository: Repository
    work: Path
    answers: list[bool] = field(default_factory=list)
    said: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        folder = self.repository.folder
        examined = launched.examine(read(folder / PIPELINE).content, FORM, folder)
        self.machine = Machine(
            emulator=self.emulator,
            launched=launched.make(self.emulator, examined),
            checkout=folder,
            approve=lambda action, question: self.answers.pop(0) if self.answers else True,
            screen=Screen(Console(file=self.said, width=200)),
        )

    def push(self, *wanted: str) -> PushRecord:
        """Push the last commit through some stages; all by default."""
        return push(self.machine, self.work, wanted or None)

    def production(self) -> dict[str, tuple[str, Json]]:
        """Return status and template of the application in each Region."""
        found = {}
        for region in REGIONS:
            client = self.emulator.session(region).client("cloudformation")
            (stack,) = client.describe_stacks(StackName=STACK)["Stacks"]
            body = client.get_template(StackName=STACK)["TemplateBody"]
            template = load(body) if isinstance(body, str) else body
            found[region] = (stack["StackStatus"], template)
        return found


def handler(template: Json) -> Json:
    """Return the property with the code of the file processor."""
    found: Json = template["Resources"]["FileProcessor"]["Properties"]["Code"]["Fn::If"][2]
    return found
