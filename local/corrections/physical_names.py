"""Generates another name in another Region.

On AWS the end of a generated name is random. ministack derives it from the stack's name, so
stacks of one name in two Regions, as taskcat makes them, would share their IAM roles, which have
no Region.
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region

from local.replacements import around


@around("services.cloudformation.provisioners", "_physical_name")
def distinct(
    physical_name: Callable[..., str], *arguments: str, seeded: bool = True, **options: Any
) -> str:
    """Return a name whose end depends on the Region."""
    from ministack.services.cloudformation import provisioners

    seed = provisioners._NAME_SEED
    token = seed.set((seed.get() if seeded else "") + get_region())
    try:
        return physical_name(*arguments, **options)
    finally:
        seed.reset(token)
