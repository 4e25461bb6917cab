"""Resources that AWS refuses when CloudFormation makes or changes them.

The other modules say what is refused. The first reason becomes that of the failed resource, in the
words of AWS where they are published.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.replacements import around

STACKS = "services.cloudformation.stacks"

Properties = Mapping[str, Any]
# Gets a resource's type and properties, all values resolved, and returns why AWS refuses it.
Check = Callable[[str, Properties], Iterable[str]]

_checks: list[tuple[frozenset[str], Check]] = []


def refuses(*resource_types: str) -> Callable[[Check], Check]:
    """Register what is refused of these resource types; of all if none is named."""

    def register(check: Check) -> Check:
        _checks.append((frozenset(resource_types), check))
        return check

    return register


def reasons(resource_type: str, properties: Properties) -> Iterable[str]:
    """Yield why AWS refuses a resource."""
    for resource_types, check in _checks:
        if not resource_types or resource_type in resource_types:
            yield from check(resource_type, properties)


def validate(resource_type: str, properties: Properties) -> None:
    """Check a resource before it is made or changed.

    Raises:
        ValueError: AWS refuses it; CloudFormation makes that the reason of the failure.
    """
    if reason := next(iter(reasons(resource_type, properties)), None):
        raise ValueError(reason)


@around(STACKS, "_provision_resource")
def provision(
    original: Callable[..., Any], resource_type: str, title: str, properties: Properties, stack: str
) -> Any:
    """Make a resource, if AWS would."""
    validate(resource_type, properties)
    return original(resource_type, title, properties, stack)


@around(STACKS, "_update_resource")
def update(
    original: Callable[..., Any],
    resource_type: str,
    physical_id: str,
    before: Properties,
    properties: Properties,
    *rest: Any,
) -> Any:
    """Update a resource, if AWS would."""
    if before != properties:
        validate(resource_type, properties)
    return original(resource_type, physical_id, before, properties, *rest)
