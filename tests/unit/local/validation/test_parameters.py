"""A parameter that the template does not have is refused."""

from typing import Any

import pytest
from ministack.services.cloudformation import engine

from local.validation.parameters import resolve

TEMPLATE = {"Parameters": {"Name": {"Type": "String"}}}


def given(*names: str) -> list[dict[str, Any]]:
    return [{"Key": name, "Value": "x"} for name in names]


def test_only_parameters_of_the_template() -> None:
    resolved = resolve(engine._resolve_parameters, TEMPLATE, given("Name"), None)
    assert resolved["Name"]["Value"] == "x"
    with pytest.raises(ValueError, match=r"Parameters: \[Other, Typo\] do not exist"):
        resolve(engine._resolve_parameters, TEMPLATE, given("Typo", "Name", "Other"))


def test_ministack_still_takes_any_parameter() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    assert engine._resolve_parameters(TEMPLATE, given("Name", "Typo")).keys() == {"Name"}
