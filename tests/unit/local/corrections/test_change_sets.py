"""What a change set does not list."""

from typing import Any

from local.corrections.change_sets import without_excluded

TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Always": {"Type": "A"},
        "Held": {"Type": "A", "Condition": "Yes"},
        "Excluded": {"Type": "A", "Condition": "No"},
    }
}


def test_what_a_condition_excludes_is_left_out() -> None:
    resolved = without_excluded(
        lambda template, *_: dict(template), lambda *_: {"Yes": True, "No": False}
    )
    found = resolved(TEMPLATE, {}, "stack", "id")
    assert list(found["Resources"]) == ["Always", "Held"]
    assert "Excluded" in TEMPLATE["Resources"], "the caller's is untouched"


def test_a_new_stack_has_no_earlier_resources() -> None:
    resolved = without_excluded(lambda *_: {}, lambda *_: {})
    assert resolved({}, {}, "stack", "id") == {"Resources": {}}
