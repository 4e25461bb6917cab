"""A table's own policy decides, too.

Amazon DynamoDB Developer Guide, "Using resource-based policies for DynamoDB". ministack keeps the
policy and does not look at it.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import dynamodb

from local.replacements import around


@around("core.iam_evaluator", "_resource_policy")
def resource_policy(find: Callable[..., Any], service: str, arn: str) -> Any:
    """Return the policy of a resource and its account; None without one."""
    if service != "dynamodb" or not arn.startswith("arn:"):
        return find(service, arn)
    table = arn.partition("/index/")[0]
    policy = dynamodb._resource_policies.get(table)
    return (policy["Policy"], table.split(":")[4]) if policy else None
