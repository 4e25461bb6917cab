"""Everything that is granted is used."""

import pytest

from .evidence import GRANTS, Evidence
from .grants import Grant


@pytest.mark.parametrize("grant", GRANTS, ids=" ".join)
def test_it_is_used(evidence: Evidence, grant: Grant) -> None:
    assert evidence.used.get(grant), "no path needs it: take it out, or write the path that does"


def test_no_role_uses_anything_else(evidence: Evidence) -> None:
    assert not evidence.unknown
