"""On no path is anything refused: everything that is used is granted."""

import pytest

from generators.lanes import Lane

from .entries import check_entry
from .evidence import Evidence
from .proof import HOUSE
from .world import World


@pytest.mark.parametrize("name", HOUSE.paths)
def test_nothing_is_refused(evidence: Evidence, name: str) -> None:
    assert name not in evidence.failures, evidence.failures[name]


@pytest.mark.parametrize("lane", HOUSE.lanes, ids=lambda each: each.name)
def test_each_entry_is_signed(world: World, lane: Lane) -> None:
    check_entry(world, lane)
