"""A protected table is not deleted.

Amazon DynamoDB Developer Guide, "Basic operations on DynamoDB tables", deletion protection.
ministack's CloudFormation does not look at it; its API does.
"""

from collections.abc import Callable
from typing import Any

from local.replacements import HANDLERS, around


@around(*HANDLERS, "AWS::DynamoDB::Table", "delete")
def table(delete: Callable[..., Any], name: str, *rest: Any) -> Any:
    """Delete a table that is not protected.

    Raises:
        ValueError: It is; CloudFormation makes that the reason of the failure.
    """
    from ministack.services import dynamodb

    if (dynamodb._tables.get(name) or {}).get("DeletionProtectionEnabled"):
        raise ValueError(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    return delete(name, *rest)
