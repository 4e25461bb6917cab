"""A template as CloudFormation sees it once its conditions are decided."""

from typing import Any

from serverlessapp.rules.policies.templates import Content, Template

NOTHING = {"Ref": "AWS::NoValue"}


def decided(template: Template, *, conditions: bool) -> Content:
    """Return the content with every condition true, or every one false.

    For analyzers that do not know ``Fn::If``. Rules and conditions are left out.
    """
    content = {
        name: section
        for name, section in template.content.items()
        if name not in ("Conditions", "Rules")
    }
    content["Resources"] = {
        name: {key: item for key, item in resource.items() if key != "Condition"}
        for name, resource in template.resources.items()
        if conditions or "Condition" not in resource
    }
    decision: Content = taken(content, conditions)
    return decision


def taken(value: Any, conditions: bool) -> Any:
    """Return a value with one branch of each ``Fn::If``, and nothing for ``AWS::NoValue``."""
    if isinstance(value, list):
        items = (taken(item, conditions) for item in value)
        return [item for item in items if item != NOTHING]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        _, when_true, when_false = value["Fn::If"]
        return taken(when_true if conditions else when_false, conditions)
    pairs = ((key, taken(item, conditions)) for key, item in value.items())
    return {key: item for key, item in pairs if item != NOTHING}
