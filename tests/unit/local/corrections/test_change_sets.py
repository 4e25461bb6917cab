"""What a change set does not list."""

from typing import Any

import pytest
from ministack.services.cloudformation import changesets, engine

from local.corrections.change_sets import without_excluded

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Always": {"Type": "A"},
        "Held": {"Type": "A", "Condition": "Yes"},
        "Excluded": {"Type": "A", "Condition": "No"},
    }
}


def test_what_a_condition_excludes_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_evaluate_conditions", lambda *_: {"Yes": True, "No": False})
    resolved = without_excluded(lambda template, *_: dict(template), TEMPLATE, {}, "stack", "id")
    assert list(resolved["Resources"]) == ["Always", "Held"]
    assert "Excluded" in TEMPLATE["Resources"], "the caller's is untouched"


def test_a_new_stack_has_no_earlier_resources() -> None:
    assert without_excluded(lambda *_: {}, {}, {}, "stack", "id") == {"Resources": {}}


def test_ministack_still_needs_to_be_told_what_a_condition_excludes() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    template = {
        "Conditions": {"Never": {"Fn::Equals": ["yes", "no"]}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Condition": "Never"}},
    }
    assert changesets._resolve_props_for_diff(template, {}, "stack", "id")["Resources"]


def reads(title: str, original: Any) -> Any:
    """Return what is compared of a template with a mapping that reads a queue."""
    arn = {"Fn::GetAtt": [title, "Arn"]}
    mapping = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": arn}}
    queue = {"Type": "AWS::SQS::Queue"}
    return original({"Resources": {"Old": queue, "New": queue, "M": mapping}}, {}, "stack", "id")


def test_another_resource_of_which_an_attribute_is_asked_is_a_change() -> None:
    def compared(*arguments: Any) -> Any:
        return without_excluded(changesets._resolve_props_for_diff, *arguments)

    assert reads("Old", compared) != reads("New", compared)
    assert reads("Old", compared) == reads("Old", compared)


def test_ministack_still_sees_no_change_there() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    original = changesets._resolve_props_for_diff
    assert reads("Old", original)["Resources"]["M"] == reads("New", original)["Resources"]["M"]
