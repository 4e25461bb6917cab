"""The boundary allows what roles are granted, wherever the stack is, and never anything at all."""

from typing import Any

import pytest

from pipeline.derivation import limits
from pipeline.derivation.names import LimitError, PlannedStack
from pipeline.derivation.statements import derive

ARN = "arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:stack-*"


def limited(resource: Any) -> list[Any]:
    statement = {"Sid": "S", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": statement}
    policy = {"PolicyName": "own", "PolicyDocument": document, "Roles": [{"Ref": "Role"}]}
    template = {
        "Parameters": {"Somewhere": {"Type": "String"}, "Choice": {"Type": "String"}},
        "Conditions": {"Chosen": {"Fn::Equals": [{"Ref": "Choice"}, "yes"]}},
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Policy": {"Type": "AWS::IAM::Policy", "Properties": policy},
        },
    }
    stack = PlannedStack(template=template, name="stack")
    ((action, (scope,)),) = limits.derive(stack).items()
    assert action == "sqs:SendMessage"
    return list(scope.resources)


@pytest.mark.parametrize(
    "resource",
    [
        {"Fn::GetAtt": ["Queue", "Arn"]},
        [{"Ref": "Queue"}],
        {"Fn::Sub": "${Queue.Arn}"},
        {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Queue}"},
        [{"Fn::If": ["Chosen", {"Fn::GetAtt": ["Queue", "Arn"]}, {"Ref": "AWS::NoValue"}]}],
    ],
)
def test_a_resource_of_the_stack_is_known_before_it_exists(resource: Any) -> None:
    assert limited(resource) == [ARN]


def test_both_branches_of_a_condition_are_allowed() -> None:
    branches = {"Fn::If": ["Chosen", {"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:::other"]}
    assert limited(branches) == [ARN, "arn:aws:sqs:::other"]


@pytest.mark.parametrize(
    "resource", [{"Ref": "Somewhere"}, {"Fn::Sub": "${Somewhere}/*"}, {"Fn::ImportValue": "arn"}]
)
def test_what_could_be_anything_is_refused(resource: Any) -> None:
    with pytest.raises(LimitError, match="refer to it with GetAtt"):
        limited(resource)


def of_bucket(resource: str) -> set[str]:
    statement = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": {"Fn::Sub": resource}}
    policy = {"PolicyDocument": {"Statement": statement}, "Roles": [{"Ref": "Role"}]}
    template = {
        "Parameters": {"EnvironmentSuffix": {"Type": "String"}},
        "Resources": {
            "Uploads": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": {"Fn::Sub": "app-${EnvironmentSuffix}-files"}},
            },
            "Logs": {"Type": "AWS::S3::Bucket"},
            "Policy": {"Type": "AWS::IAM::Policy", "Properties": policy},
        },
    }
    stack = PlannedStack(template=template, name="stack", given={"EnvironmentSuffix": "dev"})
    ((_, (scope,)),) = limits.derive(stack).items()
    return {arn.partition(":::")[2] for arn in scope.resources}


@pytest.mark.parametrize(
    ("resource", "limit"),
    [
        ("app-*-files/*", "app-dev-files/*"),
        ("app-*/a/*", "app-dev-files/a/*"),
        ("${Logs}/*", "stack-*/*"),
        ("others-*/*", "others-*/*"),
        ("*/results/*", "*/results/*"),
    ],
)
def test_of_buckets_with_such_a_name_only_the_stacks_own_are_meant(
    resource: str, limit: str
) -> None:
    assert of_bucket(f"arn:${{AWS::Partition}}:s3:::{resource}") == {limit}


def set_off(actions: Any) -> set[tuple[str, str, str]]:
    alarm = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": actions}}
    template = {
        "Parameters": {"Elsewhere": {"Type": "String"}},
        "Resources": {"Alarm": alarm, "Topic": {"Type": "AWS::SNS::Topic"}},
    }
    granted = derive(PlannedStack(template=template, name="stack"))
    return {each for scope in granted["cloudwatch:PutMetricAlarm"] for each in scope.conditions}


def test_an_alarm_sets_off_what_its_template_says_and_nothing_else() -> None:
    topics = "arn:${AWS::Partition}:sns:*:${AWS::AccountId}:stack-*"
    only = ("ForAllValuesStringLike", "cloudwatch:AlarmActions", topics)
    assert set_off([{"Ref": "Topic"}]) == {only}
    with pytest.raises(LimitError, match="refer to it with GetAtt"):
        set_off([{"Ref": "Elsewhere"}])
