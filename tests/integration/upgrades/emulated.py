"""What the emulator knows about resource types, to tell its change sets from AWS's.

Its change sets follow the same rules as ours: what is written differently, what refers to a
parameter with a new value, and what follows from it. It tells less than AWS in three respects:

- It knows for some types only which properties replace a resource. For the others, buckets
  and alarms among them, it says ``Conditional`` whatever changes, and goes on from there.
- It says ``Conditional``, too, of a create-only property that is both written differently and
  refers to something that changes in place.
- It refuses a change set of which only outputs change. AWS executes it.
"""

from typing import Any

from ministack.services.cloudformation import provisioners

from local.stacks import Plan
from serverlessapp.diff.model import Replaced, ResourceChange
from serverlessapp.diff.reaction import Reaction

LEVELS = {
    "Never": Replaced.NO,
    "Conditionally": Replaced.MAYBE,
    "Always": Replaced.YES,
}
Listed = set[tuple[str, str, str]]


class Emulated(Reaction):
    """The emulator's table of what replaces a resource."""

    def replaces(self, resource_type: str, name: str, old: Any, new: Any) -> Replaced:
        return LEVELS[provisioners._property_recreation(resource_type, name)]

    def keeps(self, resource_type: str, attribute: str) -> bool:
        return False


def listed(plan: Plan | None) -> Listed:
    """Return what a change set says: action, logical ID and replacement."""
    return {
        (change.action, change.logical_id, change.replacement)
        for change in (plan.changes if plan else ())
    }


def predicted(changes: dict[str, ResourceChange]) -> Listed:
    """Return the same of what we predict; only a modification has a replacement."""
    return {
        (
            change.action.value,
            change.logical_id,
            change.replacement.in_change_set if change.action.value == "Modify" else "",
        )
        for change in changes.values()
    }
