"""Stops a changed function in its own Region alone.

ministack's CloudFormation names no Region when it makes a function, and so would stop the running
function of the same name in every other one.
"""

from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region

from local.replacements import around


@around("services.lambda_svc", "invalidate_worker")
def invalidate(
    original: Callable[..., None],
    name: str,
    qualifier: str | None = None,
    account: str | None = None,
    region: str | None = None,
) -> None:
    """Stop the workers of a function; by default here."""
    original(name, qualifier, account or get_account_id(), region or get_region())
