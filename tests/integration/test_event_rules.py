"""Files are announced through EventBridge: what the event says, and which rules deliver it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import stacks
from local.emulator import ACCOUNT, REGION, Emulator, EmulatorSession
from local.enforcement.principals import administrator, policy
from local.stacks import StackError

from .conftest import wait_until

KEY = "in/a b+\u00fc&=%/x 1.csv"
SERVICE = "events.amazonaws.com"
RULE = "takes-csv"
RULE_ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{RULE}"
PATTERN = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {"bucket": {"name": ["announced"]}, "object": {"key": [{"wildcard": "in/*.csv"}]}},
}


def accept(rule: str) -> dict[str, Any]:
    """Return a statement by which a queue takes what a rule sends."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }


# A lane in small: the queue's policy names the rule, and the rule comes after it.
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": "announced",
                "NotificationConfiguration": {
                    "EventBridgeConfiguration": {"EventBridgeEnabled": True}
                },
                "VersioningConfiguration": {"Status": "Enabled"},
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "announced"}},
        "Policy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Queue"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [accept(RULE_ARN)]},
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "DependsOn": "Policy",
            "Properties": {
                "Name": RULE,
                "EventPattern": PATTERN,
                "Targets": [{"Id": "Queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
            },
        },
    },
    "Outputs": {"Queue": {"Value": {"Ref": "Queue"}}},
}


@pytest.fixture(scope="module")
def session(enforcing: Emulator) -> EmulatorSession:
    return administrator(enforcing.session())


def deploy(session: EmulatorSession, template: dict[str, Any], **options: Any) -> dict[str, str]:
    """Create a stack and return its outputs."""
    cloudformation = session.client("cloudformation")
    plan = stacks.plan(cloudformation, stack="rules", template=template, parameters={}, **options)
    assert plan
    for _ in stacks.execute(cloudformation, plan):
        pass
    return stacks.outputs(cloudformation, "rules")


def delete(session: EmulatorSession) -> None:
    for _ in stacks.delete(session.client("cloudformation"), "rules"):
        pass


def received(session: EmulatorSession, url: str) -> Any:
    """Wait for a message, and return its body."""
    sqs = session.client("sqs")
    (message,) = wait_until(
        "an event", lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages")
    )
    return json.loads(message["Body"])


def queue(session: EmulatorSession, name: str, *statements: Any) -> tuple[str, str]:
    """Make a queue with a policy, and return its URL and ARN."""
    sqs = session.client("sqs")
    attributes = {"Policy": policy(*statements)} if statements else {}
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def announcing(session: EmulatorSession, name: str, target: dict[str, Any]) -> str:
    """Make a bucket and a rule of one name for all its files; return the rule's ARN."""
    s3, events = session.client("s3"), session.client("events")
    s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": session.region_name}
    )
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}}
    arn = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    events.put_targets(Rule=name, Targets=[{"Id": "Queue", **target}])
    return str(arn)


def test_the_event_of_an_upload_is_that_which_aws_documents(session: EmulatorSession) -> None:
    """Amazon S3 User Guide, "EventBridge event message structure"."""
    outputs = deploy(session, TEMPLATE)
    s3 = session.client("s3")
    s3.put_object(Bucket="announced", Key="in/other.json", Body=b"")
    made = s3.put_object(Bucket="announced", Key=KEY, Body=b"hello")
    event = received(session, outputs["Queue"])
    detail = event.pop("detail")
    stamp = event.pop("time")
    assert (len(stamp), stamp[-1]) == (len("2026-11-26T05:00:00Z"), "Z")
    assert event.pop("id")
    assert event == {
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": ACCOUNT,
        "region": REGION,
        "resources": ["arn:aws:s3:::announced"],
    }
    assert detail.pop("request-id")
    assert detail.pop("source-ip-address")
    assert detail["object"].pop("sequencer")
    assert detail == {
        "version": "0",
        "event-version": "1.0",
        "bucket": {"name": "announced"},
        "object": {
            "key": KEY,
            "size": 5,
            "etag": made["ETag"].strip('"'),
            "version-id": made["VersionId"],
        },
        "requester": ACCOUNT,
        "reason": "PutObject",
    }
    for version in s3.list_object_versions(Bucket="announced")["Versions"]:
        s3.delete_object(Bucket="announced", Key=version["Key"], VersionId=version["VersionId"])
    delete(session)


def test_a_rule_that_comes_before_the_queues_policy_loses_events(
    enforcing: Emulator, session: EmulatorSession
) -> None:
    url, arn = queue(session, "late")
    rule = announcing(session, "late", {"Arn": arn})
    position = enforcing.decisions.position()
    s3 = session.client("s3")
    s3.put_object(Bucket="late", Key="lost", Body=b"")
    (refused,) = wait_until(
        "a refusal",
        lambda: [
            decision
            for decision in enforcing.decisions.since(position)
            if decision.principal == SERVICE
        ],
    )
    assert not refused.allowed
    session.client("sqs").set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": policy(accept(rule))}
    )
    s3.put_object(Bucket="late", Key="delivered", Body=b"")
    assert received(session, url)["detail"]["object"]["key"] == "delivered"


def test_what_a_queue_does_not_take_goes_to_the_dead_letter_queue(
    session: EmulatorSession,
) -> None:
    rule = RULE_ARN.replace(RULE, "dead")
    _, arn = queue(session, "deaf", accept(f"{rule}-other"))
    dead_url, dead = queue(session, "dead", accept(rule))
    announcing(session, "dead", {"Arn": arn, "DeadLetterConfig": {"Arn": dead}})
    session.client("s3").put_object(Bucket="dead", Key="kept", Body=b"")
    assert received(session, dead_url)["detail"]["object"]["key"] == "kept"


@pytest.mark.parametrize("action", ["PutRule", "PutTargets", "DescribeRule"])
def test_a_role_that_makes_rules_needs_what_is_published(
    session: EmulatorSession, action: str
) -> None:
    """And, for a queue, not to pass a role: a template with rules has none to pass."""
    iam = session.client("iam")
    service = {"Service": "cloudformation.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=action, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    allowed: dict[str, Any] = {"Effect": "Allow", "Resource": "*"}
    others = {**allowed, "NotAction": ["iam:*", "events:*"]}
    rules = {**allowed, "Action": "events:*", "Resource": f"{RULE_ARN[:-4]}*"}
    denied = {"Effect": "Deny", "Action": f"events:{action}", "Resource": "*"}

    def grant(*statements: Any) -> None:
        iam.put_role_policy(RoleName=action, PolicyName="own", PolicyDocument=policy(*statements))

    grant(others, rules, denied)
    with pytest.raises(StackError, match=f"Rule: .*not authorized to perform: events:{action} "):
        deploy(session, TEMPLATE, RoleARN=role)
    delete(session)
    grant(others, rules)
    deploy(session, TEMPLATE, RoleARN=role)
    delete(session)


def test_a_rule_with_a_bad_pattern_is_refused_everywhere(session: EmulatorSession) -> None:
    bad = {"detail": {"object": {"key": [{"prefix": "in/", "suffix": ".csv"}]}}}
    with pytest.raises(ClientError, match="InvalidEventPatternException"):
        session.client("events").put_rule(Name="bad", EventPattern=json.dumps(bad))
    rule = TEMPLATE["Resources"]["Rule"]
    changed = {**rule, "Properties": {**rule["Properties"], "EventPattern": bad}}
    with pytest.raises(StackError, match=r"Rule: Event pattern is not valid. .*Only one key"):
        deploy(session, {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Rule": changed}})
    delete(session)
