"""What an update of a stack that keeps data must not replace or delete, whatever a template says.

Source: CloudFormation User Guide, "Prevent updates to stack resources": a statement that denies
wins over all that allow; with ``ResourceType`` in its condition, it is for all resources of these
types; ``Update:Delete`` is about a resource that an update takes out of the template.
"""

from typing import Any

from generators.editions import Edition
from pipeline.planned_lanes import LATER
from serverlessapp.diff.data import STATEFUL


def policy(edition: Edition = Edition.RETAINED) -> dict[str, Any]:
    """Return the stack policy for a template, the same for all lanes that there are or will be.

    Nothing that holds data is replaced. What all lanes share is not deleted; what one lane has
    goes when the lane goes (its ledger and log stay, since the template retains them).
    """
    resources = edition.build([LATER]).to_dict()["Resources"]
    shared = [
        name
        for name, resource in resources.items()
        if "DeletionPolicy" in resource and not name.startswith(LATER.logical_id(""))
    ]
    types = {resource["Type"] for resource in resources.values()} & STATEFUL.keys()
    everybody = {"Principal": "*"}
    return {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", **everybody, "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "Update:Replace",
                **everybody,
                "Resource": "*",
                "Condition": {"StringEquals": {"ResourceType": sorted(types)}},
            },
            {
                "Effect": "Deny",
                "Action": "Update:Delete",
                **everybody,
                "Resource": [f"LogicalResourceId/{name}" for name in sorted(shared)],
            },
        ]
    }
