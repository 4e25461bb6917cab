"""Records each decision of ministack's evaluator with the statement that made it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region

from local.enforcement.decisions import Decision

# The evaluations behind the decision that is being made, in order.
_evaluations: ContextVar[list[Any] | None] = ContextVar("evaluations", default=None)


class Trace:
    """Writes decisions to a file, and makes those that ministack does not."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def record(self, **fields: Any) -> None:
        """Write one decision; the fields are those of ``Decision``."""
        line = Decision(**fields).line()
        with self._lock:
            self._file.write(line)
            self._file.flush()

    def allows(
        self,
        principal: Any,
        action: str,
        resource: str,
        *,
        via: str,
        context: Mapping[str, Any] | None = None,
        resource_policy: Any = None,
    ) -> bool:
        """Decide as ministack would, and record it.

        Args:
            principal: A ``PrincipalInfo``.
            action: As IAM writes it.
            resource: ARN.
            via: The AWS service that acts for the principal.
            context: Condition keys of the request.
            resource_policy: Policy that must allow as well, as a key's must; None without one.
        """
        keys = {name.lower(): value for name, value in (context or {}).items()}
        request = iam_evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action=action,
            resource_arn=resource,
            region=get_region(),
            service_context=keys,
            principal_keys=principal.keys,
        )
        with evaluations() as made:
            result = iam_evaluator.evaluate(request, principal.policies, *principal.limits)
            if resource_policy is not None:
                result = iam_evaluator.combine_resource_policy(
                    result,
                    request,
                    resource_policy,
                    principal.account,
                    required=True,
                    limits=tuple(principal.limits),
                )
        allowed = bool(result.decision == "Allow")
        sid, policy = decisive(made, allowed)
        self.record(
            principal=principal.arn,
            action=action,
            resource=resource,
            allowed=allowed,
            sid=sid,
            policy=policy,
            via=via,
            context=keys,
        )
        return allowed


@contextmanager
def evaluations() -> Iterator[list[Any]]:
    """Collect the evaluations made inside the block."""
    made: list[Any] = []
    token = _evaluations.set(made)
    try:
        yield made
    finally:
        _evaluations.reset(token)


def decisive(made: list[Any], allowed: bool) -> tuple[str, str]:
    """Return the Sid that decided, and whether an identity or a resource policy has it.

    The identity policies are evaluated first, then the resource's.
    """
    wanted = "Allow" if allowed else "Deny"
    for number, result in enumerate(made):
        if result.decision == wanted:
            return result.matched_sid, "resource" if number else "identity"
    return "", ""


def observed(evaluate: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``iam_evaluator.evaluate``: note the result for whoever collects."""

    def noted(*arguments: Any) -> Any:
        result = evaluate(*arguments)
        made = _evaluations.get()
        if made is not None:
            made.append(result)
        return result

    return noted


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
        sid, policy = decisive(made, refusal is None)
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
        return also(principal, iam_action, service, resource_arn) if refusal is None else refusal

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


def role_session(role_arn: str, session: str) -> Any:
    """Return the principal that an AWS service becomes when it assumes a role."""
    from ministack.services import iam

    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    return iam_evaluator.PrincipalInfo(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        type="AssumedRole",
        account=account,
        policies=iam_evaluator._gather_role_policies(name, account),
        limits=iam_evaluator._permissions_boundary(iam._roles, name, account),
    )
