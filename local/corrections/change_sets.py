"""Leaves out of ministack's change sets what a condition excludes.

ministack lists a resource that does not exist when it is written differently, and follows what
refers to it. AWS lists what is created, changed or removed.
"""

from collections.abc import Callable
from typing import Any

from local.replacements import around


@around("services.cloudformation.changesets", "_resolve_props_for_diff")
def without_excluded(
    resolve: Callable[..., dict[str, Any]], template: dict[str, Any], parameters: Any, *rest: Any
) -> dict[str, Any]:
    """Leave excluded resources out of what is compared."""
    from ministack.services.cloudformation import engine

    holds = engine._evaluate_conditions(template, parameters)
    resolved = resolve(template, parameters, *rest)
    resources = {
        name: resource
        for name, resource in resolved.get("Resources", {}).items()
        if holds.get(resource.get("Condition"), True)
    }
    return {**resolved, "Resources": resources}
