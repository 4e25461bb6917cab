"""Every resource of a template as calls, and what AWS would refuse of them."""

import json
from collections.abc import Iterator

from serverlessapp.template.evaluation import Resource
from tests.oracles import models, quotas
from tests.oracles.apis import APIS
from tests.oracles.calls import Call, Made, made
from tests.oracles.stack import StackAtLimit
from tests.oracles.stacks import Possible

CUSTOM = "Custom::"  # calls a function, no service
KNOWN: dict[str, frozenset[str]] = {}  # what is wrong with calls that were looked at


def refusals(possible: Possible) -> Iterator[str]:
    """Yield what AWS would refuse of the stacks that a template can make, one after the other."""
    for values in possible.stacks():
        calls = []
        for resource, result in makings(StackAtLimit(possible.template, values)):
            title = resource.title
            yield from (f"{title}: no call has {'.'.join(path)}" for path in result.unknown)
            for call in result.calls:
                yield from (f"{title}: {call.operation}: {problem}" for problem in wrong(call))
            calls += result.calls
        yield from quotas.together(calls)


def makings(stack: StackAtLimit) -> Iterator[tuple[Resource, Made]]:
    """Yield each resource of a stack, and what becomes of it; nothing, if no service makes it.

    Raises:
        LookupError: Nobody says by which calls a type is made: see ``apis.py``.
    """
    for resource in stack.resources():
        if resource.type.startswith(CUSTOM):
            yield resource, Made()
        elif resource.type in APIS:
            yield resource, made(resource, *stack.names(resource))
        else:
            raise LookupError(f"{resource.type} has no line in apis.py")


def wrong(call: Call) -> frozenset[str]:
    """Return what is wrong with a call; the same one is looked at once."""
    key = call.operation + json.dumps(call.parameters, sort_keys=True, default=repr)
    if key not in KNOWN:
        KNOWN[key] = frozenset((*models.problems(call), *quotas.problems(call)))
    return KNOWN[key]
