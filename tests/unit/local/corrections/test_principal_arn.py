"""A condition can name the role behind a session, and with ministack alone could not."""

from types import SimpleNamespace

import pytest
from ministack.core import iam_evaluator

from local.corrections.principal_arn import condition_key

SESSION = "arn:aws:sts::123456789012:assumed-role/name-x/me"
USER = "arn:aws:iam::123456789012:user/somebody"


@pytest.mark.parametrize(
    ("key", "principal", "value"),
    [
        ("aws:PrincipalArn", SESSION, "arn:aws:iam::123456789012:role/name-x"),
        ("aws:principalarn", USER, USER),
        ("aws:userid", SESSION, SESSION),
    ],
)
def test_a_session_has_its_roles_arn(key: str, principal: str, value: str) -> None:
    context = SimpleNamespace(principal_arn=principal)
    assert condition_key(lambda key, context: context.principal_arn, key, context) == value


def test_ministack_still_needs_the_roles_arn() -> None:
    """When this fails, ministack gives it by itself: take the correction out."""
    context = SimpleNamespace(principal_arn=SESSION)
    assert iam_evaluator._resolve_condition_key("aws:PrincipalArn", context) == SESSION
