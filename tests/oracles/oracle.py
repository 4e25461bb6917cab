"""Every resource of a template as calls, and what AWS would refuse of them."""

import json
from collections.abc import Iterator

from tests.oracles import models, quotas
from tests.oracles.apis import APIS
from tests.oracles.calls import Call, Made, made
from tests.oracles.stacks import Possible, Stack

CUSTOM = "Custom::"  # calls a function, no service
KNOWN: dict[str, frozenset[str]] = {}  # what is wrong with calls that were looked at


def findings(possible: Possible) -> set[str]:
    """Return what AWS would refuse of any stack that a template can make."""
    found: set[str] = set()
    for values in possible.stacks():
        calls = []
        for title, result in makings(Stack(possible.template, values)):
            found |= {f"{title}: no call has {'.'.join(path)}" for path in result.unknown}
            for call in result.calls:
                found |= {f"{title}: {call.operation}: {problem}" for problem in wrong(call)}
            calls += result.calls
        found |= set(quotas.together(calls))
    return found


def makings(stack: Stack) -> Iterator[tuple[str, Made]]:
    """Yield what becomes of each resource of a stack, by its logical ID.

    Raises:
        LookupError: Nobody says by which calls a type is made: see ``apis.py``.
    """
    for resource in stack.resources():
        if not resource.type.startswith(CUSTOM):
            if resource.type not in APIS:
                raise LookupError(f"{resource.type} has no line in apis.py")
            yield resource.title, made(resource, *stack.names(resource))


def wrong(call: Call) -> frozenset[str]:
    """Return what is wrong with a call; the same one is looked at once."""
    key = call.operation + json.dumps(call.parameters, sort_keys=True, default=repr)
    if key not in KNOWN:
        KNOWN[key] = frozenset((*models.problems(call), *quotas.problems(call)))
    return KNOWN[key]
