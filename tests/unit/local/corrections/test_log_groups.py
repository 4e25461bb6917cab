"""A log group is named after its stack, and keeps the name."""

from typing import Any

import pytest
from ministack.services.cloudformation import provisioners

from local.corrections import log_groups


def made(logical_id: str, properties: dict[str, Any], stack: str) -> str:
    return str(properties["LogGroupName"])


def test_it_is_named_after_the_stack_unless_it_has_a_name() -> None:
    assert log_groups.create(made, "Log", {}, "stack").startswith("stack-Log-")
    assert log_groups.create(made, "Log", {"LogGroupName": "own"}, "stack") == "own"


def test_an_update_keeps_the_generated_name() -> None:
    updated = log_groups.update(lambda *given: given, "stack-Log-1", {}, {"Tags": []}, "stack")
    name = {"LogGroupName": "stack-Log-1"}
    assert updated == ("stack-Log-1", name, name | {"Tags": []}, "stack")


def test_ministack_still_needs_the_name_of_a_log_group() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    name, _ = provisioners._cwlogs_create("Log", {}, "stack")
    assert not name.startswith("stack-Log-")


@pytest.mark.parametrize(("group", "written"), [("/aws/lambda/f", True), ("gone", False)])
def test_a_log_group_that_was_deleted_is_not_made_again(group: str, written: bool) -> None:
    function = {"config": {"FunctionName": "f", "LoggingConfig": {"LogGroup": group}}}
    emitted: list[Any] = []
    log_groups.into_what_is_there(lambda *all_of_it: emitted.append(all_of_it), function, "text")
    assert emitted == ([(function, "text")] if written else [])
