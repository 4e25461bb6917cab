"""Who gets a role's credentials: Lambda only if the role trusts it, and nobody in its place.

AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role". ministack
hands them out without asking, and takes any account's root for any service.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import iam

from local.enforcement import trace
from local.replacements import around

SERVICE = "lambda.amazonaws.com"


class UntrustedError(Exception):
    """The role does not let Lambda assume it."""


@around("core.lambda_runtime", "execution_credentials")
def credentials(
    original: Callable[..., dict[str, str]], config: Mapping[str, Any]
) -> dict[str, str]:
    """Return the credentials of an execution environment.

    Raises:
        UntrustedError: The role's trust policy does not name Lambda, or names it otherwise.
    """
    if not trusts_lambda(config["Role"]):
        raise UntrustedError(f"Lambda cannot assume the role {config['Role']}")
    return original(config)


@around("core.iam_evaluator", "_trust_principal_matches")
def principal_matches(
    match: Callable[..., bool], principal: Any, caller: str, federated: bool
) -> bool:
    """Tell whether a trust policy names the caller, who is no service."""
    if isinstance(principal, dict):
        principal = {kind: names for kind, names in principal.items() if kind != "Service"}
    return match(principal, caller, federated)


def trusts_lambda(arn: str) -> bool:
    """Tell whether a role's trust policy lets Lambda assume it."""
    role = iam._roles.get(arn.rpartition("/")[2]) or {}
    document = role.get("AssumeRolePolicyDocument")
    return trace.lets_service(SERVICE, "sts:AssumeRole", arn, document, kind="trust")
