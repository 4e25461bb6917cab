"""Each role does what it is for across accounts, and uses all that it is granted."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from local.emulator import Emulator, EmulatorSession
from pipeline import names
from pipeline.grants.environment import SAMPLES
from serverlessapp.operations import ledger, stack
from serverlessapp.operations.checker import Checker, ReceiptStatus

from ..conftest import wait_until
from ..deploy_role.needed import grants, superfluous
from . import world
from .world import B, World

STACK = "serverlessapp-prod"


def review(w: World, session: EmulatorSession, name: str = "review") -> None:
    """Do all that an action that makes a change set does."""
    s3 = session.client("s3")
    version = s3.get_object(**w.stored("Package"))["VersionId"]
    s3.get_object(**w.stored("Package"), VersionId=version)
    kms = session.client("kms")
    with suppress(kms.exceptions.NotFoundException):  # the emulator allows it, and looks here
        kms.describe_key(KeyId=w.key)
    session.client("cloudformation").set_stack_policy(
        StackName=STACK, StackPolicyBody='{"Statement": []}'
    )
    changed = world.without(world.template(), "AlarmTopic", "DisplayName", "changed")
    assert world.plan(session, name, content=changed)


def deliver(w: World, session: EmulatorSession) -> None:
    review(w, session, "deploy")  # and the world has executed one


def inspect(_: World, session: EmulatorSession) -> None:
    cloudformation = session.client("cloudformation")
    change_set = {"StackName": STACK, "ChangeSetName": "deploy"}
    cloudformation.describe_change_set(**change_set)
    cloudformation.get_template(StackName=STACK)
    cloudformation.describe_stacks(StackName=STACK)
    alarms = [f"{STACK}-FunctionErrorsAlarm"]
    assert session.client("cloudwatch").describe_alarms(AlarmNames=alarms)["MetricAlarms"]


def entry(pages: Callable[[], Iterator[list[Mapping[str, Any]]]]) -> list[Mapping[str, Any]]:
    return next(pages())


def verify(_: World, session: EmulatorSession) -> None:
    """Upload a file for each lane, and verify its entry, as the pipeline's step does."""
    found = stack.find(session.client("cloudformation"), STACK)
    checker = Checker(
        stack=found, s3=session.client("s3"), secrets=session.client("secretsmanager")
    )
    dynamodb = session.client("dynamodb")
    for lane in found.lanes:
        key = f"{found.prefix}{lane.uploads.folder}{SAMPLES}/0f/sample.txt"
        session.client("s3").put_object(Bucket=found.bucket, Key=key, Body=b"sample")
        pages = partial(ledger.pages, dynamodb, lane.ledger, key)
        (item,) = wait_until(key, partial(entry, pages))
        assert checker.check(lane, item).verdict is ReceiptStatus.VERIFIED


WORK = {names.REVIEW: review, names.DELIVER: deliver, names.INSPECT: inspect, names.VERIFY: verify}


@pytest.mark.parametrize("purpose", WORK)
def test_granted_and_used_are_the_same(deployed: World, emulator: Emulator, purpose: str) -> None:
    WORK[purpose](deployed, deployed.taken(purpose))
    role = names.role(purpose, "prod")
    made = [
        each
        for each in emulator.decisions.since()
        if each.role == role and each.allowed and f":{B}:" in each.principal  # it has a namesake
    ]
    policies = deployed.policies(B, role)
    assert grants(made) == world.granted(policies)
    assert not list(superfluous(policies, made))


def test_code_is_read_from_the_pipelines_account(deployed: World, emulator: Emulator) -> None:
    role = names.role(names.DEPLOY, "prod")
    made = [each for each in emulator.decisions.since() if each.role == role]
    used = {(each.own or each.sid) for each in made if each.allowed}
    assert {"ReadCode", "DecryptAcrossAccounts"} <= used
