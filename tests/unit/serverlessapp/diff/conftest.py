"""The retained template, to be changed by a test."""

import copy
from typing import Any

import pytest

TemplateDict = dict[str, Any]


@pytest.fixture
def changed(retained: TemplateDict) -> TemplateDict:
    """Return a copy that a test may change."""
    return copy.deepcopy(retained)
