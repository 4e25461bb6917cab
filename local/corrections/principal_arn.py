"""Gives ``aws:PrincipalArn`` of an assumed role the value it has on AWS: the role's ARN.

IAM User Guide, "AWS global condition context keys". ministack takes the session's,
``arn:aws:sts::<account>:assumed-role/<role>/<session>``, which no policy can name beforehand.
Applied by ``local.server``.
"""

import re
from collections.abc import Callable
from typing import Any

KEY = "aws:principalarn"
SESSION = re.compile(
    r"arn:(?P<partition>[^:]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/.*"
)


def of_the_role(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """Wrap ``iam_evaluator._resolve_condition_key``."""

    def resolved(key: str, context: Any) -> Any:
        value = resolve(key, context)
        if key.lower() != KEY or not (session := SESSION.fullmatch(str(value))):
            return value
        return "arn:{partition}:iam::{account}:role/{role}".format(**session.groupdict())

    return resolved


def correct() -> None:
    """Apply the correction to ministack, which must not be serving yet."""
    from ministack.core import iam_evaluator

    iam_evaluator._resolve_condition_key = of_the_role(iam_evaluator._resolve_condition_key)
