"""Records what ministack decides about API requests, and asks for the key of what they are on."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

from local.enforcement import encryption, trace
from local.enforcement.evaluations import decisive, evaluations
from local.replacements import around

# Access key of whoever made the request that is being answered.
caller: ContextVar[str] = ContextVar("caller", default="")


@around("core.iam_evaluator", "enforce")
def enforce(
    decide: Callable[..., Any],
    access_key_id: str,
    action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: dict[str, Any] | None = None,
) -> Any:
    """Return why a request is refused; None if it is not."""
    caller.set(access_key_id or "")
    with evaluations() as made:
        refusal = decide(access_key_id, action, service, region, resource_arn, service_context)
    principal = iam_evaluator.resolve_principal(access_key_id or "", get_account_id())
    if isinstance(principal, iam_evaluator.AuthError):
        return refusal
    both = service in iam_evaluator._POLICY_REQUIRED
    sid, policy = decisive(made, refusal is None, both=both)
    trace.record(
        principal=principal.arn,
        action=action,
        resource=resource_arn,
        allowed=refusal is None,
        sid=sid,
        policy=policy,
        via="request",
        context=service_context,
        own=made[0].matched_sid if both and made and refusal is None else "",
    )
    return refusal or encryption.refusal(
        principal, action, service, resource_arn, service_context or {}
    )
