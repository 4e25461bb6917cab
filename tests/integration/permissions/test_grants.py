"""Everything that is granted is used."""

from collections import Counter

import pytest

from generators.lanes import Lane

from .attack import PROCESSOR
from .evidence import Evidence
from .grants import Grant
from .proof import HOUSE


@pytest.mark.parametrize("grant", HOUSE.grants, ids=" ".join)
def test_it_is_used(evidence: Evidence, grant: Grant) -> None:
    assert evidence.used.get(grant), HOUSE.advice(grant)


def test_no_role_uses_anything_else(evidence: Evidence) -> None:
    assert not evidence.unknown


@pytest.mark.parametrize("lane", HOUSE.lanes, ids=lambda each: each.name)
def test_what_a_processor_grants_can_be_told_apart(lane: Lane) -> None:
    role = lane.logical_id(PROCESSOR)
    of_role = [each for each in HOUSE.statements if each.holder == role]
    twice = [sid for sid, count in Counter(each.sid for each in of_role).items() if count > 1]
    assert not twice, f"processor {lane.name}: give each statement a Sid that is not {twice}"
    vague = [each.sid for each in of_role if not each.actions]
    assert not vague, f"processor {lane.name}: name the actions of {vague}, not all others"
