"""Projects with a seeded fault, and runs of taskcat over them."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from generators import lanes
from generators.command import templates
from local import leftovers
from local.emulator import Emulator, EmulatorSession
from local.enforcement.decisions import Decision
from pipeline.names import TASKCAT_ROLE
from pipeline.taskcat_tests import CONFIG
from pipeline.taskcat_tests import configuration as configuration_for
from serverlessapp.template.reading import load
from tests.acceptance import configuration, session
from tests.acceptance.account import HOME, ROLE_STACK, in_role
from tests.acceptance.checks.result import StackResult
from tests.acceptance.summary import Run

REGIONS = ("us-west-2", "us-east-1", "eu-west-1")
BUILD_ROLE = "serverlessapp-pipeline-TaskcatBuildRole-EMULATED"

Meddle = Callable[[EmulatorSession], None]


@dataclass
class Checkout:
    """Tests and templates for the lanes of product tests, to be changed."""

    folder: Path
    regions: tuple[str, ...] = REGIONS[:1]
    tests: tuple[str, ...] = ("default",)

    def change(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a template."""
        path = self.folder / f"templates/{name}.yaml"
        content = load(path.read_bytes())
        change(content["Resources"])
        path.write_text(json.dumps(content))

    def write(self, **settings: object) -> None:
        """Write the configuration: some of the tests, in some Regions.

        Args:
            settings: Of the post-hook.
        """
        config = yaml.safe_load(configuration_for(lanes.load()))
        config["project"]["regions"] = list(self.regions)
        config["tests"] = {name: config["tests"][name] for name in self.tests}
        for part in (config["project"], *config["tests"].values()):
            for hook in part.get("posthooks", []):
                hook["config"] = {**hook.get("config", {}), **settings}
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
    def stacks(self) -> dict[tuple[str, str], StackResult]:
        return {(stack.test, stack.region): stack for stack in self.run.stacks}


@pytest.fixture
def project(tmp_path: Path) -> Checkout:
    folder = tmp_path / "project"
    (folder / "templates").mkdir(parents=True)
    for name, content in templates().items():
        (folder / "templates" / name).write_bytes(content)
    return Checkout(folder)


@pytest.fixture
def finish(tmp_path: Path) -> Callable[..., Finished]:
    """Return a function that runs the tests of a project and looks at what is left."""

    def run(project: Checkout, meddle: Meddle | None = None) -> Finished:
        reports = tmp_path / "reports"
        with Emulator(enforce_iam=True) as emulator:
            account = in_role(emulator)
            if meddle:
                meddle(emulator.session(HOME))
            program = Path(os.environ["ACCEPTANCE_PROGRAMS"], "taskcat")
            done = session.run(
                project.folder,
                configuration.read(project.folder, program),
                account=account,
                program=program,
                reports=reports,
                say=print,
            )
            left = {region: held(emulator.session(region)) for region in {HOME, *project.regions}}
            decisions = [
                decision for decision in emulator.decisions.since() if decision.role == TASKCAT_ROLE
            ]
        left = {region: kinds for region, kinds in left.items() if kinds}
        return Finished(done, decisions, left, reports)

    return run


def held(account: EmulatorSession) -> dict[str, list[str]]:
    """Return what an account holds, but for the roles that the tests run in."""
    others = {
        kind: [
            name for name in names if not name.startswith((ROLE_STACK, TASKCAT_ROLE, BUILD_ROLE))
        ]
        for kind, names in leftovers.inventory(account).items()
    }
    return {kind: names for kind, names in others.items() if names}
