"""The enforcing emulator: roles may do what they are granted, and no more."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import administrator

from .conftest import Deployment, wait_until

QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


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
        logs = stack.client("logs").filter_log_events(logGroupName=stack.outputs["LogGroupName"])
        assert not [event for event in logs["events"] if f"{action[5:]}.txt" in event["message"]]
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def test_plain_http_is_refused_and_anything_else_counts_as_tls(
    deployed: tuple[Emulator, Deployment],
) -> None:
    emulator, stack = deployed
    position = emulator.decisions.position()
    s3 = stack.client("s3")

    def over_plain_http(request: Any, **_: Any) -> None:
        request.headers["X-Forwarded-Proto"] = "http"

    s3.meta.events.register("before-sign.s3", over_plain_http)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=stack.outputs["UploadBucketName"], Key="uploads/a", Body=b"")
    (refused,) = (
        decision
        for decision in emulator.decisions.since(position)
        if decision.action == "s3:PutObject"  # the poller's go on meanwhile
    )
    assert (refused.sid, refused.policy) == ("DenyInsecureTransport", "resource")


def test_alarms_publish_only_where_the_topic_lets_them(
    deployed: tuple[Emulator, Deployment],
) -> None:
    emulator, stack = deployed
    cloudwatch, sns = stack.client("cloudwatch"), stack.client("sns")
    alarm = cloudwatch.describe_alarms(AlarmNamePrefix=stack.name)["MetricAlarms"][0]
    topic = stack.outputs["AlarmTopicArn"]
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    silent = json.dumps({"Version": "2012-10-17", "Statement": json.loads(policy)["Statement"][1:]})
    for document, is_accepted in ((policy, True), (silent, False)):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
        position = emulator.decisions.position()
        for state in ("OK", "ALARM"):
            cloudwatch.set_alarm_state(
                AlarmName=alarm["AlarmName"], StateValue=state, StateReason="a test"
            )
        published = [
            decision.allowed
            for decision in emulator.decisions.since(position)
            if decision.principal == "cloudwatch.amazonaws.com"
        ]
        assert published == [is_accepted]


def test_a_customer_managed_key_is_used_through_services_only(
    enforcing: Emulator, template: Callable[[Retention], str]
) -> None:
    stack = Deployment(administrator(enforcing.session("eu-west-1"), "keeper"), "encrypted", {})
    position = enforcing.decisions.position()
    stack.update(template(Retention.EPHEMERAL), Encryption="CustomerManaged")
    try:
        stack.upload("locked.txt", b"hello")
        stack.wait_for_receipt("locked.txt")
        used = {
            decision.via
            for decision in enforcing.decisions.since(position)
            if decision.role.startswith("encrypted-FileProcessorRole")
            and decision.action == "kms:Decrypt"
            and decision.allowed
        }
        assert used == {"s3", "secretsmanager", "dynamodb"}
    finally:
        stack.delete()
