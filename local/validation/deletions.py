"""A protected table is not deleted.

Amazon DynamoDB Developer Guide, "Basic operations on DynamoDB tables", deletion protection.
ministack's CloudFormation does not look at it; its API does.
"""

from collections.abc import Callable
from typing import Any

from local.replacements import HANDLERS, around
from serverlessapp.template.values import scalar


@around(*HANDLERS, "AWS::DynamoDB::Table", "delete")
def table(delete: Callable[..., Any], name: str, *rest: Any) -> Any:
    """Delete a table that is not protected.

    Raises:
        ValueError: It is; CloudFormation makes that the reason of the failure.
    """
    from ministack.services import dynamodb

    protected = (dynamodb._tables.get(name) or {}).get("DeletionProtectionEnabled", False)
    if scalar(protected).lower() == "true":  # a parameter makes it a text
        raise ValueError(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    return delete(name, *rest)
