"""What belongs to another account is for who is allowed to on both sides.

IAM User Guide, "Cross-account policy evaluation logic". ministack decides about another account's
bucket as if the caller were its account's root, so no condition on the caller holds.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import s3

from local.corrections.bucket_owners import S3, owner
from local.enforcement.keys import key_policy
from local.enforcement.requests import caller
from local.replacements import around

# Who asks for something of another account's bucket.
asking: ContextVar[Any] = ContextVar("asking", default=None)


def foreign_policy(account: str, arn: str) -> tuple[str, str] | None:
    """Return the policy and the account of a bucket or key that is not of this account."""
    if arn.startswith(S3):
        bucket = arn.removeprefix(S3).partition("/")[0]
        other = owner(bucket)
        policy = s3._bucket_policies.get_scoped(other, None, bucket) or ""
    elif arn.startswith("arn:aws:kms:"):
        other, policy = arn.split(":")[4], key_policy(arn)[1]
    else:
        return None
    return None if other == account else (policy, other)


@around("services.s3", "_foreign_bucket_allows")
def bucket_allows(decide: Callable[..., bool], *arguments: Any) -> bool:
    """Tell whether another account's bucket lets the caller in."""
    principal = iam_evaluator.resolve_principal(caller.get(), get_account_id())
    token = asking.set(None if isinstance(principal, iam_evaluator.AuthError) else principal)
    try:
        return decide(*arguments)
    finally:
        asking.reset(token)


@around("core.iam_evaluator", "evaluate_resource_policy")
def resource_policy(
    evaluate: Callable[..., Any], policy: Any, context: Any, *rest: Any, **options: Any
) -> Any:
    """Evaluate a policy for who asks, and not for the root of that account."""
    if principal := asking.get():
        context = replace(context, principal_arn=principal.arn, principal_type=principal.type)
    return evaluate(policy, context, *rest, **options)
