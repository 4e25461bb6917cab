"""Makes an event source mapping's ``MaximumConcurrency`` a number, as CloudFormation does.

A parameter arrives as a string. ministack passes it on, and the queue's poller then fails to
compare it with a number, so that no message is ever delivered.
"""

from collections.abc import Callable
from typing import Any

from local.replacements import HANDLERS, around

MAPPING = "AWS::Lambda::EventSourceMapping"


@around(*HANDLERS, MAPPING, "create")
@around(*HANDLERS, MAPPING, "update")
def provision(handle: Callable[..., Any], *arguments: Any) -> Any:
    """Make or update a mapping with a numeric limit."""
    return handle(*map(numeric, arguments))


def numeric(value: Any) -> Any:
    """Return resource properties with a numeric limit; anything else unchanged."""
    scaling = value.get("ScalingConfig") if isinstance(value, dict) else None
    if not scaling or "MaximumConcurrency" not in scaling:
        return value
    limit = int(scaling["MaximumConcurrency"])
    return {**value, "ScalingConfig": {**scaling, "MaximumConcurrency": limit}}
