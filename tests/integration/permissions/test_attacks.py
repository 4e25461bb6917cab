"""Each attack is refused, and by exactly one guard: without it, the attack gets through."""

import pytest

from .attack import Attack
from .evidence import check_guard
from .proof import HOUSE


@pytest.mark.parametrize("attack", HOUSE.attacks, ids=lambda each: each.name)
def test_only_its_guard_stops_it(attack: Attack, request: pytest.FixtureRequest) -> None:
    check_guard(request.getfixturevalue(attack.stack), HOUSE, attack)


def test_every_guard_is_needed() -> None:
    """But for those of processors: what they may not do, nobody here can know of each service."""
    ours = [each for each in HOUSE.statements if each not in HOUSE.own]
    guards = {guard for statement in ours for guard in statement.guards()}
    shown = {attack.guard for attack in HOUSE.attacks}
    assert not guards - shown, "write the attack that it stops, or take it out"
    sids = {(each.holder, each.sid) for each in ours}
    known = {each for each in shown if each.part != "Action" and (each.holder, each.sid) in sids}
    assert known == guards
