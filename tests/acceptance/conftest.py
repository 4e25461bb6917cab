"""Projects with a seeded fault, and runs of taskcat over them."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from local import leftovers
from local.emulator import Emulator, EmulatorSession
from local.enforcement.decisions import Decision
from local.enforcement.principals import administrator
from tests.acceptance import emulated, session, summary
from tests.acceptance.display import Display
from tests.acceptance.outcome import Outcome, Run
from tests.acceptance.staging import CONFIG, ROOT, stage

REGIONS = ("us-west-2", "us-east-1", "eu-west-1")
# Seconds that a check waits: for what happens also on a busy machine, and for what never will.
PATIENT, IMPATIENT = 120, 6
TEMPLATES = ("application-ephemeral", "application")
OWN = (emulated.ROLE_STACK, "administrator")  # whoever runs the tests

Meddle = Callable[[EmulatorSession], None]


@dataclass
class Project:
    """A copy of this project's tests and templates, to be changed."""

    folder: Path
    regions: tuple[str, ...] = REGIONS[:1]
    tests: tuple[str, ...] = ("default",)

    def change(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a template."""
        path = self.folder / f"templates/{name}.template.json"
        content = json.loads(path.read_text())
        change(content["Resources"])
        path.write_text(json.dumps(content, separators=(",", ":")))

    def write(self, *, timeout: int = PATIENT, **settings: object) -> None:
        """Write the configuration: some of this project's tests, in some Regions."""
        config = yaml.safe_load((ROOT / CONFIG).read_text())
        config["project"]["regions"] = list(self.regions)
        config["tests"] = {name: config["tests"][name] for name in self.tests}
        for part in (config["project"], *config["tests"].values()):
            for hook in part.get("posthooks", []):
                hook["config"] = {**hook.get("config", {}), "timeout": timeout, **settings}
        (self.folder / CONFIG).write_text(yaml.safe_dump(config))


@dataclass
class Finished:
    """A run that is over.

    Attributes:
        left: What the account still holds, by Region and kind.
        decisions: What the role was allowed and refused.
    """

    run: Run
    decisions: list[Decision]
    left: Mapping[str, Mapping[str, list[str]]]
    reports: Path

    @property
    def stacks(self) -> dict[tuple[str, str], Outcome]:
        return {(one.test, one.region): one for one in self.run.outcomes}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    (folder / "templates").mkdir(parents=True)
    for name in TEMPLATES:
        shutil.copy(ROOT / f"templates/{name}.template.json", folder / "templates")
    return Project(folder)


@pytest.fixture
def finish(tmp_path: Path) -> Callable[..., Finished]:
    """Return a function that runs the tests of a project and looks at what is left."""

    def run(project: Project, meddle: Meddle | None = None) -> Finished:
        reports = tmp_path / "reports"
        (reports / "taskcat").mkdir(parents=True)
        with stage(project.folder) as staged, Emulator(enforce_iam=True) as emulator:
            account = emulated.in_role(administrator(emulator.session(emulated.HOME)))
            if meddle:
                meddle(emulator.session(emulated.HOME))
            done = session.run(
                staged,
                account=account,
                program=Path(os.environ["ACCEPTANCE_PROGRAMS"], "taskcat"),
                folder=reports / "taskcat",
                bucket="tcat-serverlessapp-seeded",
                display=Display(Console()),
            )
            left = {region: held(emulator.session(region)) for region in REGIONS}
            decisions = [
                decision
                for decision in emulator.decisions.since()
                if decision.role.startswith(emulated.ROLE_STACK)
            ]
        summary.write(done, reports)
        left = {region: kinds for region, kinds in left.items() if kinds}
        return Finished(done, decisions, left, reports)

    return run


def held(account: EmulatorSession) -> dict[str, list[str]]:
    """Return what an account holds, but for the role that the tests run in."""
    found = {
        kind: [name for name in names if not name.startswith(OWN)]
        for kind, names in leftovers.inventory(account).items()
    }
    return {kind: names for kind, names in found.items() if names}
