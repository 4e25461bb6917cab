"""Generates another name each time, whatever the stack and the resource are called.

AWS CloudFormation User Guide, "Name type": a generated name is unique. ministack derives its end
from the stack's name and the logical ID. So a table that a stack makes anew would take the place
of the one that its template retained, and be empty; and stacks of one name in two Regions, as
taskcat makes them, would share their IAM roles, which have no Region.
"""

import uuid
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

from local.replacements import around


@around("services.cloudformation.stacks", "_provision_resource")
def distinct(provision: Callable[..., Any], *arguments: Any) -> Any:
    """Make a resource; ministack keeps with it what its name ends in, for later updates."""
    provisioners._NAME_SEED.set(uuid.uuid4().hex[:8])
    return provision(*arguments)
