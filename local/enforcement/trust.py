"""Lambda gets a role's credentials only if the role trusts it.

AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role". ministack
hands them out without asking.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.enforcement.trace import Trace

SERVICE = "lambda.amazonaws.com"


class UntrustedError(Exception):
    """The role does not let Lambda assume it."""


def with_trust(
    trace: Trace, credentials: Callable[..., dict[str, str]]
) -> Callable[..., dict[str, str]]:
    """Wrap ``lambda_runtime.execution_credentials``, asked for each execution environment.

    Raises:
        UntrustedError: The role's trust policy does not name Lambda, or names it otherwise.
    """

    def checked(config: Mapping[str, Any]) -> dict[str, str]:
        from ministack.services import iam

        arn = config["Role"]
        role = iam._roles.get(arn.rpartition("/")[2]) or {}
        document = role.get("AssumeRolePolicyDocument")
        if not trace.lets_service(SERVICE, "sts:AssumeRole", arn, document, kind="trust"):
            raise UntrustedError(f"Lambda cannot assume the role {arn}")
        return credentials(config)

    return checked
