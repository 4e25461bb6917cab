"""The role for taskcat: what it is granted for a run is used, and nothing more is asked for."""

from collections.abc import Callable

import yaml

from generators import lanes
from generators.render import render
from pipeline import taskcat_role
from pipeline.taskcat_tests import configuration
from serverlessapp.template.reading import load
from tests.acceptance.taskcat import ROOT

from .conftest import Checkout, Finished

RUN = load(render(taskcat_role.build()))["Resources"]["TaskcatRole"]["Properties"]["Policies"]
GRANTED = {
    action
    for policy in RUN
    if policy["PolicyName"] == "RunTests"
    for statement in policy["PolicyDocument"]["Statement"]
    for action in statement["Action"]
}
# docs/taskcat.md says what each is for.
UNUSED = {"cloudformation:ListStacks", "s3:GetObject", "s3:PutObjectAcl"}
# Everybody may.
FREE = {"sts:GetCallerIdentity"}


def test_what_the_run_needs_is_granted_and_nothing_else(
    project: Checkout, finish: Callable[..., Finished]
) -> None:
    project.tests = tuple(yaml.safe_load(configuration(lanes.load()))["tests"])
    project.write()
    finished = finish(project)
    assert finished.run.passed, finished.run
    assert not finished.left
    asked = {decision.action for decision in finished.decisions}
    refused = [decision for decision in finished.decisions if not decision.allowed]
    assert not refused
    assert GRANTED - asked == UNUSED
    assert asked - GRANTED <= FREE


def test_what_a_run_does_not_use_is_explained() -> None:
    page = (ROOT / "docs/taskcat.md").read_text(encoding="utf-8")
    for action in UNUSED:
        assert f"`{action}`" in page, action
