"""An account on an emulator of its own, in the role that is meant for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from generators.render import render
from local import stacks
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import administrator
from pipeline import taskcat_role
from tests.acceptance.account import Account

POLL_SECONDS = 0.5
GONE_SECONDS = 5.0
HOME = "us-east-1"  # where taskcat asks first
ROLE_STACK = "taskcat-role"
SESSION = "taskcat"


@contextmanager
def account() -> Iterator[Account]:
    """Yield an empty account.

    Raises:
        EmulatorError: The emulator does not start.
        StackError: The role's stack cannot be made.
    """
    with Emulator(enforce_iam=True) as emulator:
        yield in_role(administrator(emulator.session(HOME)))


def in_role(user: EmulatorSession) -> Account:
    """Make the role from its template, as somebody else would, and take it.

    Raises:
        StackError: The role's stack cannot be made.
    """
    cloudformation = user.client("cloudformation")
    outputs = stacks.deploy(
        cloudformation,
        stack=ROLE_STACK,
        template=render(taskcat_role.build()).decode(),
        parameters={"TesterArn": user.client("sts").get_caller_identity()["Arn"]},
    )
    tester = user.assuming(outputs["TaskcatRoleArn"], SESSION)
    poll = {"ACCEPTANCE_POLL_SECONDS": str(POLL_SECONDS)}
    return Account(
        session=tester.in_region, variables=tester.environment | poll, seconds=GONE_SECONDS
    )
