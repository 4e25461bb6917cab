"""Lambda gets a role's credentials only if the role trusts it.

AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role". ministack
hands them out without asking.
"""

from collections.abc import Callable, Mapping
from typing import Any

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


def trusts_lambda(arn: str) -> bool:
    """Tell whether a role's trust policy lets Lambda assume it."""
    from ministack.services import iam

    role = iam._roles.get(arn.rpartition("/")[2]) or {}
    document = role.get("AssumeRolePolicyDocument")
    return trace.lets_service(SERVICE, "sts:AssumeRole", arn, document, kind="trust")
