"""Everything a derived role may do is needed: without it, CloudFormation fails and names it."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import pytest

from . import roles, stage
from .conftest import Used
from .needed import refused, without
from .roles import Role
from .stage import Template

EPHEMERAL, EXISTING = roles.VARIANTS
DEPLOY = {action for _, action in roles.granted("deploy")}
# What the variants have more.
MORE = {
    name: sorted((sid, action) for sid, action in roles.granted(name) if action not in DEPLOY)
    for name in roles.VARIANTS
}
GRANTS = [(name, *grant) for name in roles.DIFFERENT for grant in roles.granted(name)]
GRANTS += [(name, *grant) for name, more in MORE.items() for grant in more]

every_role = pytest.mark.parametrize("role", roles.DIFFERENT, indirect=True)


def test_one_variant_is_the_same_but_for_deleting_what_is_kept() -> None:
    """So what is proven of the one holds for the other."""
    variant = {each["Sid"]: each for each in roles.statements(EPHEMERAL)}
    for sid, action in MORE[EPHEMERAL]:
        variant[sid] = without({"Statement": [variant[sid]]}, sid, action)["Statement"][0]
    assert variant == {each["Sid"]: each for each in roles.statements("deploy")}
    more = {action for _, action in MORE[EPHEMERAL]}
    assert more == {"kms:ScheduleKeyDeletion", "lambda:InvokeFunction"}


def test_the_other_reaches_no_bucket_and_what_lets_events_in() -> None:
    variant = [each for each in roles.statements(EXISTING) if not reads_code(each)]
    assert not [a for each in variant for a in each["Action"] if a.startswith("s3:")]
    shared = [unnamed(each) for each in variant if not {*each["Action"]} & BUS]
    assert all(each in map(unnamed, roles.statements("deploy")) for each in shared)
    assert {action for _, action in MORE[EXISTING]} == BUS


BUS = {"events:DescribeEventBus", "events:PutPermission", "events:RemovePermission"}


def reads_code(statement: Template) -> bool:
    return bool(statement["Action"] == ["s3:GetObject"])


def unnamed(statement: Template) -> Template:
    return {name: value for name, value in statement.items() if name != "Sid"}


@pytest.mark.parametrize(
    ("role", "more"), [(name, MORE[name]) for name in roles.VARIANTS], indirect=["role"]
)
def test_a_variant_suffices_and_uses_what_it_has_more(
    used: Used, more: list[tuple[str, str]]
) -> None:
    made = [decision for decisions in used.values() for decision in decisions]
    assert all(decision.allowed for decision in made)
    assert {(decision.sid, decision.action) for decision in made} >= {*more}


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
