"""The enforcing emulator: roles may do what they are granted, and no more."""

import json
from collections.abc import Callable, Iterator

import pytest

from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import administrator

from .conftest import Deployment, wait_until

QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


@pytest.fixture(scope="module")
def enforcing() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(
    enforcing: Emulator, template: Callable[[Retention], str]
) -> Iterator[tuple[Emulator, Deployment]]:
    deployment = Deployment(administrator(enforcing.session()), "enforced", {})
    deployment.update(template(Retention.EPHEMERAL))
    yield enforcing, deployment
    deployment.delete()


def test_what_lambda_does_with_the_role_is_decided_and_recorded(
    deployed: tuple[Emulator, Deployment],
) -> None:
    emulator, stack = deployed
    stack.upload("recorded.txt", b"hello")
    stack.wait_for_receipt("recorded.txt")

    def used() -> set[str]:
        return {
            decision.action
            for decision in emulator.decisions.since()
            if decision.role.startswith("enforced-FileProcessorRole") and decision.allowed
        }

    expected = {*QUEUE, *LOG, "s3:GetObjectVersion", "dynamodb:PutItem"}
    wait_until("every decision", lambda: expected <= used())


@pytest.mark.parametrize("action", LOG)
def test_without_permission_there_is_no_log(
    deployed: tuple[Emulator, Deployment], action: str
) -> None:
    emulator, stack = deployed
    iam = stack.client("iam")
    (role,) = (
        item["RoleName"]
        for item in iam.list_roles()["Roles"]
        if item["RoleName"].startswith("enforced-FileProcessorRole")
    )
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    without = json.loads(json.dumps(document))
    for statement in without["Statement"]:
        statement["Action"] = [each for each in statement["Action"] if each != action]
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(without))
    position = emulator.decisions.position()
    try:
        stack.upload(f"{action[5:]}.txt", b"hello")
        stack.wait_for_receipt(f"{action[5:]}.txt")
        wait_until(
            f"a refusal of {action}",
            lambda: any(
                decision.action == action and not decision.allowed
                for decision in emulator.decisions.since(position)
            ),
        )
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
