"""Each attack is refused, and by exactly one guard: without it, the attack gets through."""

import pytest

from . import attacks_by_functions, attacks_by_others
from .attack import ATTACKS, Attack
from .evidence import BY_SID, STATEMENTS
from .policies import opened

ENTERED = (attacks_by_functions, attacks_by_others)  # importing them enters their attacks


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda each: each.name)
def test_only_its_guard_stops_it(attack: Attack, request: pytest.FixtureRequest) -> None:
    world = request.getfixturevalue(attack.stack)
    assert not world.attempt(attack.attempt), "it got through"
    guard = attack.guard
    change = opened(BY_SID[guard.holder, guard.sid], guard)
    with world.policies.changed(guard.holder, guard.sid, change):
        assert world.attempt(attack.attempt), (
            "something else stops it, too, or it cannot get through at all"
        )
    world.settle()


def test_every_guard_is_needed() -> None:
    guards = {guard for statement in STATEMENTS for guard in statement.guards()}
    shown = {attack.guard for attack in ATTACKS}
    assert not guards - shown, "write the attack that it stops, or take it out"
    assert {guard for guard in shown if guard.part != "Action"} == guards
