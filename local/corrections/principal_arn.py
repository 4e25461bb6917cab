"""Gives ``aws:PrincipalArn`` of an assumed role the value it has on AWS: the role's ARN.

IAM User Guide, "AWS global condition context keys". ministack takes the session's,
``arn:aws:sts::<account>:assumed-role/<role>/<session>``, which no policy can name beforehand.
"""

import re
from collections.abc import Callable
from typing import Any

from local.replacements import around

SESSION = re.compile(
    r"arn:(?P<partition>[^:]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/.*"
)


@around("core.iam_evaluator", "_resolve_condition_key")
def condition_key(resolve: Callable[[str, Any], Any], key: str, context: Any) -> Any:
    value = resolve(key, context)
    if key.lower() == "aws:principalarn" and (session := SESSION.fullmatch(str(value))):
        return "arn:{partition}:iam::{account}:role/{role}".format(**session.groupdict())
    return value
