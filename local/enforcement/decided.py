"""Records what ministack decides about requests and deliveries, and adds what else it takes."""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

from local.enforcement.evaluations import decisive, evaluations
from local.enforcement.trace import Trace


def traced(
    trace: Trace, also: Callable[[Any, str, str, str], Any], enforce: Callable[..., Any]
) -> Callable[..., Any]:
    """Wrap ``iam_evaluator.enforce``, which decides about each API request.

    Args:
        trace: Where decisions are recorded.
        also: What else it takes when the policies allow: it gets principal, action, service and
            resource, and returns a refusal or None.
        enforce: ministack's function.
    """

    def recorded(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        with evaluations() as made:
            refusal = enforce(
                access_key_id,
                iam_action,
                service,
                region,
                resource_arn=resource_arn,
                service_context=service_context,
            )
        principal = iam_evaluator.resolve_principal(access_key_id or "", get_account_id())
        if isinstance(principal, iam_evaluator.AuthError):
            return refusal
        both = service in iam_evaluator._POLICY_REQUIRED
        sid, policy = decisive(made, refusal is None, both=both)
        trace.record(
            principal=principal.arn,
            action=iam_action,
            resource=resource_arn,
            allowed=refusal is None,
            sid=sid,
            policy=policy,
            via="request",
            context={name.lower(): value for name, value in (service_context or {}).items()},
        )
        return refusal or also(principal, iam_action, service, resource_arn)

    return recorded


def traced_delivery(
    trace: Trace, action: str, allows: Callable[..., bool]
) -> Callable[[str, str, str, str], bool]:
    """Wrap ``queue_policy_allows`` and ``topic_policy_allows``: a service that delivers."""

    def recorded(arn: str, service: str, source_arn: str, source_account: str) -> bool:
        with evaluations() as made:
            allowed = allows(arn, service, source_arn, source_account)
        sid, _ = decisive(made, allowed)
        trace.record(
            principal=service,
            action=action,
            resource=arn,
            allowed=allowed,
            sid=sid,
            policy="resource",
            via=service,
            context={"aws:sourcearn": source_arn, "aws:sourceaccount": source_account},
        )
        return allowed

    return recorded
