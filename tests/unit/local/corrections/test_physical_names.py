"""Another Region, another name."""

import pytest
from ministack.services.cloudformation import provisioners

from local.corrections import physical_names


def test_ministack_still_needs_distinct_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails, names differ by themselves: take the correction out."""
    names, corrected = set(), set()
    for region in ("us-west-2", "us-east-1"):
        monkeypatch.setattr(physical_names, "get_region", lambda region=region: region)
        original = provisioners._physical_name
        names.add(original("stack", "Role", max_len=64))
        corrected.add(physical_names.distinct(original, "stack", "Role", max_len=64))
    assert (len(names), len(corrected)) == (1, 2)
    assert provisioners._NAME_SEED.get() == ""
