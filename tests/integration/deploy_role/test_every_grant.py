"""Everything the deploy role may do is needed: without it, CloudFormation fails and names it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase

import pytest

from generators.render import render
from pipeline import deploy_role
from serverlessapp.template.reading import load

from . import stage
from .conftest import Used, phases
from .stage import Stage, Template

BUILT = load(render(deploy_role.build()))["Resources"]
GRANTS = [
    (statement["Sid"], action)
    for title, resource in BUILT.items()
    if resource["Type"] == "AWS::IAM::ManagedPolicy" and title != deploy_role.BOUNDARY
    for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    for action in statement["Action"]
]
# The phases in which a missing action is looked for, the cheapest first, and whether there is a
# stack before.
PHASES = {"create": False, "update": True, "package": True, "delete": True, "rollback": False}


def test_granted_and_used_are_the_same(policies: Mapping[str, Template], used: Used) -> None:
    granted = {
        (statement["Sid"], action)
        for content in policies.values()
        for statement in content["Statement"]
        for action in statement["Action"]
    }
    assert granted == set(GRANTS)
    exercised = {
        (decision.sid, decision.action) for decisions in used.values() for decision in decisions
    }
    assert exercised == granted
    assert all(decision.allowed for decisions in used.values() for decision in decisions)


def test_every_resource_of_every_statement_is_used(
    policies: Mapping[str, Template], used: Used
) -> None:
    """A pattern that no request matched would be an opening nobody needs."""
    touched = [
        (decision.sid, decision.resource) for decisions in used.values() for decision in decisions
    ]
    for content in policies.values():
        for statement in content["Statement"]:
            for pattern in statement["Resource"]:
                # How AWS names these is not documented; the emulator does it one way of two.
                if any(f"{kind}-*" in pattern for kind in ("/Dashboard", ":Secret")):
                    continue
                assert any(
                    sid == statement["Sid"] and fnmatchcase(resource, pattern)
                    for sid, resource in touched
                ), pattern


@contextmanager
def without(home: Stage, policies: Mapping[str, Template], sid: str, action: str) -> Iterator[None]:
    """Take one action out of one statement of the role."""
    for arn, content in policies.items():
        for position, statement in enumerate(content["Statement"]):
            if statement["Sid"] == sid:
                mutated = json.loads(json.dumps(content))
                left = [each for each in statement["Action"] if each != action]
                mutated["Statement"][position]["Action"] = left
                if not left:
                    del mutated["Statement"][position]
                if not mutated["Statement"]:  # IAM takes no empty policy
                    mutated["Statement"] = [{**statement, "Effect": "Deny"}]
                stage.rewrite(home.session, arn, mutated)
                try:
                    yield
                finally:
                    stage.rewrite(home.session, arn, content)
                return
    raise AssertionError(f"the role has no statement {sid}")


@pytest.mark.parametrize(("sid", "action"), GRANTS)
def test_without_one_action_it_fails_and_says_which(
    home: Stage, policies: Mapping[str, Template], used: Used, sid: str, action: str
) -> None:
    attempts = phases(home)
    phase = next(
        name
        for name in PHASES
        if any((each.sid, each.action) == (sid, action) for each in used[name])
    )
    home.ensure(exists=PHASES[phase])
    with without(home, policies, sid, action):
        words = stage.refusal(attempts[phase])
    assert f"not authorized to perform: {action} on" in words, (phase, words)
    home.ensure(exists=PHASES[phase])
