"""Everything a derived role may do is needed: without it, CloudFormation fails and names it."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import pytest

from . import roles, stage
from .conftest import Used
from .needed import refused, without
from .roles import Role
from .stage import Template

# What the variant for ephemeral environments has more.
MORE = sorted({*roles.granted(roles.VARIANT)} - {*roles.granted("deploy")})
GRANTS = [(name, *grant) for name in roles.DIFFERENT for grant in roles.granted(name)]
GRANTS += [(roles.VARIANT, *grant) for grant in MORE]

every_role = pytest.mark.parametrize("role", roles.DIFFERENT, indirect=True)


def test_the_variant_is_the_same_but_for_deleting_what_is_kept() -> None:
    """So what is proven of the one holds for the other."""
    variant = {each["Sid"]: each for each in roles.statements(roles.VARIANT)}
    for sid, action in MORE:
        variant[sid] = without({"Statement": [variant[sid]]}, sid, action)["Statement"][0]
    assert variant == {each["Sid"]: each for each in roles.statements("deploy")}
    assert {action for _, action in MORE} == {"kms:ScheduleKeyDeletion", "lambda:InvokeFunction"}


@pytest.mark.parametrize("role", [roles.VARIANT], indirect=True)
def test_the_variant_suffices_and_uses_what_it_has_more(used: Used) -> None:
    made = [decision for decisions in used.values() for decision in decisions]
    assert all(decision.allowed for decision in made)
    assert {(decision.sid, decision.action) for decision in made} >= {*MORE}


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
