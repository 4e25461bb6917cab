"""Lists in change sets what is created, changed or removed, as AWS does.

ministack also lists a resource that a condition excludes, when it is written differently, and
follows what refers to it. It takes all attributes of resources for one empty text, and so lists
nothing, or no change set at all, where another resource is asked for its attribute.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services.cloudformation import engine

from local.replacements import around
from serverlessapp.template.references import references


@around("services.cloudformation.changesets", "_resolve_props_for_diff")
def without_excluded(
    resolve: Callable[..., dict[str, Any]], template: dict[str, Any], parameters: Any, *rest: Any
) -> dict[str, Any]:
    """Leave excluded resources out of what is compared, and add whose attributes they read."""
    holds = engine._evaluate_conditions(template, parameters)
    resolved = resolve(template, parameters, *rest)
    resources = {
        name: {**resource, "Attributes": attributes(template["Resources"][name], holds)}
        for name, resource in resolved.get("Resources", {}).items()
        if holds.get(resource.get("Condition"), True)
    }
    return {**resolved, "Resources": resources}


def attributes(resource: Any, holds: Mapping[str, bool]) -> list[str]:
    """Return the attributes that a resource reads of others, as its conditions have it."""
    return [
        f"{reference.target}.{reference.attribute}"
        for reference in references(resource)
        if reference.attribute and all(holds.get(name) is way for name, way in reference.guards)
    ]
