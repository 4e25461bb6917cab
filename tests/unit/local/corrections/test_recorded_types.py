"""CloudFormation makes what ministack has never heard of."""

from typing import Any

import pytest
from ministack.services.cloudformation import provisioners

from local.corrections.recorded_types import with_recorded_types

HANDLERS: dict[str, Any] = with_recorded_types({})


@pytest.mark.parametrize("kind", HANDLERS)
def test_a_resource_has_a_name_of_its_own_and_keeps_it(kind: str) -> None:
    create, update = HANDLERS[kind]["create"], HANDLERS[kind]["update"]
    physical_id, attributes = create("Title", {"Name": "one"}, "stack")
    assert create("Other", {"Name": "other"}, "stack")[0] != physical_id
    assert update(physical_id, {}, {}, "stack") == (physical_id, attributes)
    assert physical_id in attributes.values()


@pytest.mark.parametrize("kind", HANDLERS)
def test_ministack_still_needs_it(kind: str) -> None:
    """When this fails, ministack has learned it: take the correction out."""
    assert kind not in provisioners._RESOURCE_HANDLERS
