"""Lists in change sets what is created, changed or removed, as AWS does.

ministack also lists a resource that a condition excludes, when it is written differently, and
follows what refers to it. It takes all attributes of resources for one empty text, and so lists
nothing, or no change set at all, where another resource is asked for its attribute.
"""

from collections.abc import Callable
from typing import Any

from local.replacements import around


@around("services.cloudformation.changesets", "_resolve_props_for_diff")
def without_excluded(
    resolve: Callable[..., dict[str, Any]], template: dict[str, Any], parameters: Any, *rest: Any
) -> dict[str, Any]:
    """Leave excluded resources out of what is compared, and attributes apart."""
    from ministack.services.cloudformation import engine

    holds = engine._evaluate_conditions(template, parameters)
    resolved = resolve(with_attributes(template), parameters, *rest)
    resources = {
        name: resource
        for name, resource in resolved.get("Resources", {}).items()
        if holds.get(resource.get("Condition"), True)
    }
    return {**resolved, "Resources": resources}


def with_attributes(value: Any) -> Any:
    """Return a value with ``Title.Attribute`` in place of each ``Fn::GetAtt``."""
    if isinstance(value, list):
        return [with_attributes(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::GetAtt"}:
        named = value["Fn::GetAtt"]
        return named if isinstance(named, str) else ".".join(map(str, named))
    return {key: with_attributes(item) for key, item in value.items()}
