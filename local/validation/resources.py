"""Resources that AWS refuses when CloudFormation makes or changes them.

The other modules say what is refused. The first reason becomes that of the failed resource, in the
words of AWS where they are published.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from local.replacements import around

STACKS = "services.cloudformation.stacks"

Properties = Mapping[str, Any]
# Gets a resource's type and properties, all values resolved, and returns why AWS refuses it.
Check = Callable[[str, Properties], Iterable[str]]


class Registered(NamedTuple):
    """A check, of which resource types, and of which property where it looks at one alone."""

    resource_types: frozenset[str]
    of: str
    check: Check


_checks: list[Registered] = []


def refuses(*resource_types: str, of: str = "") -> Callable[[Check], Check]:
    """Register what is refused of these resource types; of all if none is named.

    ``of`` is the only property that is looked at, and so not when an update leaves it as it is.
    """

    def register(check: Check) -> Check:
        # Those of all types come first: the others rely on what a schema says, such as types.
        place = len(_checks) if resource_types else 0
        _checks.insert(place, Registered(frozenset(resource_types), of, check))
        return check

    return register


def reasons(
    resource_type: str, properties: Properties, before: Properties | None = None
) -> Iterable[str]:
    """Yield why AWS refuses a resource; ``before`` are the properties that an update changes."""
    for resource_types, of, check in _checks:
        is_same = bool(of and before) and properties.get(of) == (before or {}).get(of)
        if not is_same and (not resource_types or resource_type in resource_types):
            yield from check(resource_type, properties)


def validate(resource_type: str, properties: Properties, before: Properties | None = None) -> None:
    """Check a resource before it is made or changed; see ``reasons``.

    Raises:
        ValueError: AWS refuses it; CloudFormation makes that the reason of the failure.
    """
    if reason := next(iter(reasons(resource_type, properties, before)), None):
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
        validate(resource_type, properties, before)
    return original(resource_type, physical_id, before, properties, *rest)
