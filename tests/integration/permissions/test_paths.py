"""On no path is anything refused: everything that is used is granted."""

import pytest

from .evidence import Evidence
from .paths import PATHS


@pytest.mark.parametrize("name", PATHS)
def test_nothing_is_refused(evidence: Evidence, name: str) -> None:
    assert name not in evidence.failures, evidence.failures[name]
