"""Writes decisions down, and makes those that ministack does not make."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import iam

from local.enforcement.decisions import Decision
from local.enforcement.evaluations import decisive, evaluations

LOG = logging.getLogger(__name__)


def write_to(path: Path) -> None:
    """Write all decisions to a file from now on."""
    LOG.addHandler(logging.FileHandler(path, encoding="utf-8"))
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


def record(*, context: Mapping[str, Any] | None = None, allowed: bool, **fields: Any) -> bool:
    """Write one decision, and return whether it allows; the fields are those of ``Decision``."""
    decision = Decision(context=in_lower_case(context), allowed=allowed, **fields)
    LOG.info("%s", decision.line())
    return allowed


def in_lower_case(context: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return condition keys as ministack compares them."""
    return {name.lower(): value for name, value in (context or {}).items()}


def allows(
    principal: Any,
    action: str,
    resource: str,
    *,
    via: str,
    context: Mapping[str, Any] | None = None,
    resource_policy: Any = None,
    owner: str = "",
) -> bool:
    """Decide as ministack would about a ``PrincipalInfo``, and record it.

    ``via`` is the AWS service that acts for it. A ``resource_policy`` must allow as well, as a
    key's must. The resource has an ``owner`` if its account is not the principal's.
    """
    request = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=in_lower_case(context),
        principal_keys=principal.keys,
    )
    with evaluations() as made:
        result = iam_evaluator.evaluate(request, principal.policies, *principal.limits)
        if resource_policy is not None:
            result = iam_evaluator.combine_resource_policy(
                result,
                request,
                resource_policy,
                owner or principal.account,
                required=True,
                limits=tuple(principal.limits),
            )
    allowed = bool(result.decision == "Allow")
    both = resource_policy is not None
    sid, policy = decisive(made, allowed, both=both)
    return record(
        principal=principal.arn,
        action=action,
        resource=resource,
        allowed=allowed,
        sid=sid,
        policy=policy,
        via=via,
        context=context,
        own=made[0].matched_sid if both and allowed else "",
    )


def lets_service(
    service: str,
    action: str,
    resource: str,
    document: Any,
    *,
    context: Mapping[str, Any] | None = None,
    kind: str = "resource",
) -> bool:
    """Decide whether a policy lets a service do something in its own name, and record it.

    The service is like ``s3.amazonaws.com``; the document, the policy of the ``resource`` or, of
    the ``kind`` trust, of the role.
    """
    request = iam_evaluator.EvalContext(
        principal_arn="*",  # no principal of an account, so no grant to an account fits
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=in_lower_case(context),
    )
    result = iam_evaluator.evaluate_resource_policy(document, request, service=service)
    return record(
        principal=service,
        action=action,
        resource=resource,
        allowed=bool(result.decision == "Allow"),
        sid=result.matched_sid,
        policy=kind,
        via=service,
        context=context,
    )


def role_session(role_arn: str, session: str) -> Any:
    """Return the principal that an AWS service becomes when it assumes a role."""
    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    return iam_evaluator.PrincipalInfo(
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        type="AssumedRole",
        account=account,
        policies=iam_evaluator._gather_role_policies(name, account),
        limits=iam_evaluator._permissions_boundary(iam._roles, name, account),
    )
