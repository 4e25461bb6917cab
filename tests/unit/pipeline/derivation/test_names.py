"""Patterns match the names that resources will have, and not those of other stacks."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from pipeline.derivation import names
from pipeline.derivation.names import PlannedStack

STACK = "serverlessapp-dev"
PARAMETERS = {"EnvironmentSuffix": {"Type": "String"}}
GUID = {"Guid": {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}}
UPLOADS: dict[str, Any] = {
    "Type": "AWS::S3::Bucket",
    "Properties": {"BucketName": {"Fn::Sub": ["serverlessapp-${EnvironmentSuffix}-${Guid}", GUID]}},
}
LOGS = {"Type": "AWS::S3::Bucket", "Properties": {}}
ROLE = {"Type": "AWS::IAM::Role"}
ALARM = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {"AlarmName": {"Fn::Sub": "${AWS::StackName}-Errors"}},
}
QUEUE: dict[str, Any] = {
    "Type": "AWS::SQS::Queue",
    "Properties": {"QueueName": {"Fn::Sub": "serverlessapp-${EnvironmentSuffix}-csv"}},
}
SECRET = {"Type": "AWS::SecretsManager::Secret"}


@pytest.mark.parametrize(
    ("title", "resource", "own", "foreign"),
    [
        (
            "UploadBucket",
            UPLOADS,
            "serverlessapp-dev-0a1b2c3d-1111-2222-3333-0123456789ab",
            "serverlessapp-develop-0a1b2c3d-1111-2222-3333-0123456789ab",
        ),
        (
            "UploadBucket",
            UPLOADS,
            "serverlessapp-dev-0a1b2c3d-1111-2222-3333-0123456789ab",
            "serverlessapp-dev-backups",
        ),
        (
            "AccessLogBucket",
            LOGS,
            "serverlessapp-dev-accesslogbucket-1x2y3z",
            "serverlessapp-develop-accesslogbucket-1x2y3z",
        ),
        (
            "FunctionRole",
            ROLE,
            "serverlessapp-dev-FunctionRole-1X2Y3Z",
            "serverlessapp-develop-FunctionRole-1X2Y3Z",
        ),
        ("ErrorsAlarm", ALARM, "serverlessapp-dev-Errors", "serverlessapp-develop-Errors"),
        ("ErrorsAlarm", ALARM, "serverlessapp-dev-CsvErrors", "serverlessapp-develop-Errors"),
        ("Secret", SECRET, "Secret-1X2Y3Z-aBcDeF", "Passwords-1X2Y3Z-aBcDeF"),
    ],
)
def test_a_name_of_the_stack_matches_and_another_does_not(
    title: str, resource: dict[str, Any], own: str, foreign: str
) -> None:
    stack = PlannedStack(
        template={"Parameters": PARAMETERS, "Resources": {title: resource}},
        name=STACK,
        given={"EnvironmentSuffix": "dev"},
    )
    patterns = list(names.patterns(stack, title))
    assert any(fnmatchcase(own, pattern) for pattern in patterns), patterns
    assert not any(fnmatchcase(foreign, pattern) for pattern in patterns), patterns


def test_one_pattern_has_all_of_a_kind() -> None:
    """So what a later template adds is within it; but of a bucket with a name, the name is it."""
    resources = {"Role": ROLE, "Logs": LOGS, "Alarm": ALARM, "UploadBucket": UPLOADS}
    resources["Queue"] = QUEUE
    template = {"Parameters": PARAMETERS, "Resources": resources}
    given = {"EnvironmentSuffix": "tcat-*"}
    stack = PlannedStack(
        template=template, name="tCaT-*", named="serverlessapp-tcat-*", given=given
    )
    assert [*names.patterns(stack, "Role")] == [*names.patterns(stack, "Alarm")] == ["tCaT-*-*"]
    assert [*names.patterns(stack, "Queue")] == ["serverlessapp-tcat-*-*"]
    assert [*names.patterns(stack, "Logs")] == ["tcat-*-*"]
    assert [*names.patterns(stack, "UploadBucket")] == [f"serverlessapp-tcat-*-{names.GUID}"]


def test_arns_are_in_this_account_in_any_partition_and_region() -> None:
    assert names.arns("AWS::SQS::Queue", ["q-*"]) == (
        "arn:${AWS::Partition}:sqs:*:${AWS::AccountId}:q-*",
    )
    assert names.arns("AWS::S3::Bucket", ["b-*"]) == ("arn:${AWS::Partition}:s3:::b-*",)


def test_a_type_without_an_arn_is_named() -> None:
    with pytest.raises(LookupError, match="AWS::Logs::QueryDefinition"):
        names.arns("AWS::Logs::QueryDefinition", "*")
