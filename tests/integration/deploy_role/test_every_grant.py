"""Everything a derived role may do is needed: without it, CloudFormation fails and names it."""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import pytest
from ministack.core import iam_evaluator

from local.emulator import ACCOUNT, REGION
from local.enforcement.decisions import Decision

from . import roles, stage
from .conftest import Used
from .roles import Role
from .stage import Template

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


def without(content: Template, sid: str, action: str) -> Template:
    """Return a policy without one action of one statement."""
    statements = []
    for statement in content["Statement"]:
        left = [each for each in statement["Action"] if (statement["Sid"], each) != (sid, action)]
        if left:
            statements.append({**statement, "Action": left})
    return {**content, "Statement": statements}


def refused(policies: Iterable[Template], made: Iterable[Decision]) -> list[str]:
    """Return on what decisions would be other ones with these policies, as the emulator decides."""
    parsed = [iam_evaluator.parse_policy_document(json.dumps(each)) for each in policies]
    requests = [
        iam_evaluator.EvalContext(
            principal_arn=each.principal,
            principal_type="AssumedRole",
            principal_account=ACCOUNT,
            action=each.action,
            resource_arn=each.resource,
            region=REGION,
            service_context=dict(each.context),
        )
        for each in made
    ]
    return [
        request.resource_arn
        for request in requests
        if iam_evaluator.evaluate(request, parsed).decision != "Allow"
    ]


@pytest.mark.parametrize(("role", "sid", "action"), GRANTS, indirect=["role"])
def test_without_one_action_something_is_refused(
    policies: Mapping[str, Template], used: Used, sid: str, action: str
) -> None:
    """No other statement makes up for it."""
    made = {
        each.line(): each
        for decisions in used.values()
        for each in decisions
        if (each.sid, each.action) == (sid, action)
    }
    assert not refused(policies.values(), made.values())
    assert refused([without(each, sid, action) for each in policies.values()], made.values())


@every_role
def test_what_is_refused_fails_the_stack_and_is_named(
    role: Role, policies: Mapping[str, Template], used: Used
) -> None:
    """Tried with one action of each phase that no phase before needs."""
    before: set[str] = set()
    for name, phase in role.phases.items():
        asked = [each.action for each in used[name]]
        action = next((each for each in asked if each not in before), "")
        before |= set(asked)
        if action:
            phase.home.ensure(exists=phase.exists)
            with stage.denied(phase.home.session, policies, action):
                words = stage.refusal(phase.attempt)
            assert f"not authorized to perform: {action} on" in words, (name, words)
            phase.home.ensure(exists=phase.exists)
