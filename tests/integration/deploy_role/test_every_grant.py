"""Everything a derived role may do is needed: without it, CloudFormation fails and names it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase

import pytest

from . import roles, stage
from .conftest import Used
from .roles import Role
from .stage import Stage, Template

GRANTS = [(name, *grant) for name in roles.ROLES for grant in roles.granted(name)]

every_role = pytest.mark.parametrize("role", roles.ROLES, indirect=True)


@every_role
def test_granted_and_used_are_the_same(policies: Mapping[str, Template], used: Used) -> None:
    granted = {
        (statement["Sid"], action)
        for content in policies.values()
        for statement in content["Statement"]
        for action in statement["Action"]
    }
    exercised = {
        (decision.sid, decision.action) for decisions in used.values() for decision in decisions
    }
    assert exercised == granted
    assert all(decision.allowed for decisions in used.values() for decision in decisions)


@every_role
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


@pytest.mark.parametrize(("role", "sid", "action"), GRANTS, indirect=["role"])
def test_without_one_action_it_fails_and_says_which(
    role: Role, policies: Mapping[str, Template], used: Used, sid: str, action: str
) -> None:
    name, phase = next(
        (name, phase)
        for name, phase in role.phases.items()
        if any((each.sid, each.action) == (sid, action) for each in used[name])
    )
    phase.home.ensure(exists=phase.exists)
    with without(phase.home, policies, sid, action):
        words = stage.refusal(phase.attempt)
    assert f"not authorized to perform: {action} on" in words, (name, words)
    phase.home.ensure(exists=phase.exists)
