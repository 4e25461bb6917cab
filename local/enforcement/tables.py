"""A table's own policy decides, too.

Amazon DynamoDB Developer Guide, "Using resource-based policies for DynamoDB". ministack keeps the
policy and does not look at it.
"""

from collections.abc import Callable
from typing import Any


def with_table_policies(find: Callable[..., Any]) -> Callable[[str, str], Any]:
    """Wrap ``iam_evaluator._resource_policy``, which finds the policy of what is asked for."""

    def found(service: str, arn: str) -> Any:
        if service != "dynamodb" or not arn.startswith("arn:"):
            return find(service, arn)
        from ministack.services import dynamodb

        table = arn.partition("/index/")[0]
        kept = dynamodb._resource_policies.get(table)
        return (kept["Policy"], table.split(":")[4]) if kept else None

    return found
