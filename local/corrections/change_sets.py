"""Leaves out of ministack's change sets what a condition excludes.

ministack lists a resource that does not exist when it is written differently, and follows what
refers to it. AWS lists what is created, changed or removed. Applied by ``local.server``; a test
named "still needs" fails when ministack does the same.
"""

from collections.abc import Callable
from typing import Any


def without_excluded(
    resolve: Callable[..., dict[str, Any]], conditions: Callable[..., dict[str, bool]]
) -> Callable[..., dict[str, Any]]:
    """Wrap ``changesets._resolve_props_for_diff``, whose two results are compared.

    Args:
        resolve: ministack's function; it gets a template and its parameters.
        conditions: Tells for a template and its parameters which conditions hold.
    """

    def resolved(template: dict[str, Any], parameters: Any, *rest: Any) -> dict[str, Any]:
        holds = conditions(template, parameters)
        found = resolve(template, parameters, *rest)
        resources = found.get("Resources", {}).items()
        kept = {name: each for name, each in resources if holds.get(each.get("Condition"), True)}
        return {**found, "Resources": kept}

    return resolved


def correct() -> None:
    """Apply the correction to ministack, which must not be serving yet."""
    from ministack.services.cloudformation import changesets, engine

    changesets._resolve_props_for_diff = without_excluded(
        changesets._resolve_props_for_diff, engine._evaluate_conditions
    )
