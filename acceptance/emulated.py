"""An account on an emulator of its own, which enforces access control."""

from collections.abc import Iterator
from contextlib import contextmanager

from acceptance.account import Account
from local.emulator import Emulator
from local.enforcement.principals import administrator

POLL_SECONDS = 0.5
GONE_SECONDS = 5.0
HOME = "us-east-1"  # where taskcat asks first


@contextmanager
def account() -> Iterator[Account]:
    """Yield an empty account.

    Raises:
        EmulatorError: It does not start.
    """
    with Emulator(enforce_iam=True) as emulator:
        user = administrator(emulator.session(HOME))
        yield Account(
            session=user.in_region,
            variables={
                **user.environment,
                "ACCEPTANCE_POLL_SECONDS": str(POLL_SECONDS),
            },
            seconds=GONE_SECONDS,
        )
