"""Without any one of the grants, a path fails, and says which grant is missing."""

import pytest

from .evidence import Evidence, check_need
from .grants import Grant
from .proof import HOUSE
from .world import World


@pytest.mark.parametrize("grant", HOUSE.grants, ids=" ".join)
def test_without_it_a_path_fails(world: World, evidence: Evidence, grant: Grant) -> None:
    check_need(world, HOUSE, evidence, grant)
