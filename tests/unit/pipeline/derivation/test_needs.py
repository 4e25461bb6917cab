"""What CloudFormation calls for a resource: what is published, less what it does not use."""

from typing import Any

import pytest

from pipeline.derivation import needs
from serverlessapp.template.schemas import UnknownTypeError
from serverlessapp.template.values import ABSENT, Choice

BUCKET = "AWS::S3::Bucket"
FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    ("kind", "properties", "action"),
    [
        (BUCKET, {"WebsiteConfiguration": {}}, "s3:PutBucketWebsite"),
        (BUCKET, {"VersioningConfiguration": {"Status": "Enabled"}}, "s3:PutBucketVersioning"),
        (FUNCTION, {"VpcConfig": {}}, "ec2:DescribeSubnets"),
        (FUNCTION, {"Code": {"S3Bucket": "code"}}, "s3:GetObject"),
        (FUNCTION, {"Code": {"S3Bucket": "code"}}, "kms:Decrypt"),
        (FUNCTION, {"ReservedConcurrentExecutions": 1}, "lambda:PutFunctionConcurrency"),
        ("AWS::IAM::Role", {"ManagedPolicyArns": []}, "iam:AttachRolePolicy"),
        ("AWS::IAM::Policy", {"Users": ["somebody"]}, "iam:PutUserPolicy"),
        ("AWS::DynamoDB::Table", {"SSESpecification": {"KMSMasterKeyId": "k"}}, "kms:CreateGrant"),
        ("AWS::SecretsManager::Secret", {"KmsKeyId": "k"}, "kms:GenerateDataKey"),
        ("AWS::SNS::Topic", {"Subscription": []}, "sns:Subscribe"),
        (
            "AWS::DynamoDB::Table",
            {"SSESpecification": {"KMSMasterKeyId": "k"}},
            "kms:ReEncryptFrom",
        ),
    ],
)
def test_a_feature_takes_its_actions_and_only_if_used(
    kind: str, properties: dict[str, Any], action: str
) -> None:
    assert action in needs.actions(kind, properties, "create")
    assert action not in needs.actions(kind, {}, "create")


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::DynamoDB::Table", {"SSESpecification": {"KMSMasterKeyId": "k"}}),
        ("AWS::SecretsManager::Secret", {"KmsKeyId": "k"}),
    ],
)
def test_another_key_takes_both_sides_of_it(kind: str, properties: dict[str, Any]) -> None:
    """What is there is decrypted, and encrypted again."""
    actions = needs.actions(kind, properties, "update")
    assert {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"} <= {*actions}


def test_a_property_in_one_branch_of_a_condition_counts() -> None:
    branches = Choice("Packaged", {"S3Bucket": "code"}, {"ZipFile": ""})
    assert "s3:GetObject" in needs.actions(FUNCTION, {"Code": branches}, "create")
    nothing = Choice("Packaged", ABSENT, {"ZipFile": ""})
    assert "s3:GetObject" not in needs.actions(FUNCTION, {"Code": nothing}, "create")


def test_a_property_of_items_counts_if_one_has_it() -> None:
    items = {"Stages": [{"Actions": [{"Name": "a"}, {"Role": "r"}]}, Choice("C", ABSENT, {})]}
    assert [*needs.values(items, "Stages.Actions.Role")] == ["r"]


@pytest.mark.parametrize("operation", ["create", "read", "update"])
def test_tags_take_what_is_published_about_tags(operation: str) -> None:
    """Such as ``lambda:TagResource`` on a function, of which its handlers say nothing."""
    tags = {"lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"}
    assert tags <= {*needs.actions(FUNCTION, {}, operation)}
    assert not tags & {*needs.actions(FUNCTION, {}, "delete")}


def test_a_type_that_publishes_nothing_takes_what_its_guide_says() -> None:
    actions = needs.actions("AWS::CodeBuild::Project", {}, "create")
    assert actions == ["codebuild:CreateProject", "iam:PassRole"]


def test_a_connection_of_either_name_can_be_passed() -> None:
    passing = {"codeconnections:PassConnection", "codestar-connections:PassConnection"}
    assert passing <= {*needs.actions("AWS::CodePipeline::Pipeline", {}, "update")}


def test_an_action_is_written_as_iam_writes_it() -> None:
    """The schema has ``codestar-notifications:createNotificationRule``."""
    kind = "AWS::CodeStarNotifications::NotificationRule"
    assert "codestar-notifications:CreateNotificationRule" in needs.actions(kind, {}, "create")


def test_a_resource_is_read_whole() -> None:
    actions = needs.actions(BUCKET, {}, "read")
    assert {"s3:GetBucketWebsite", "s3:GetReplicationConfiguration"} <= set(actions)
    assert "kms:Decrypt" not in needs.actions(FUNCTION, {}, "read"), "of another service"


def test_what_is_published_and_no_action_is_left_out() -> None:
    """Such as ``s3:GetObjectMetadata`` of a table that is filled from a bucket."""
    actions = needs.actions("AWS::DynamoDB::Table", {"ImportSourceSpecification": {}}, "create")
    assert "s3:GetObject" in actions
    assert "s3:GetObjectMetadata" not in actions


def test_the_dangerous_is_never_needed() -> None:
    role = {"PermissionsBoundary": "arn", "Policies": []}
    assert "iam:DeleteRolePermissionsBoundary" not in needs.actions(
        "AWS::IAM::Role", role, "update"
    )
    assert "dynamodb:Scan" not in needs.actions("AWS::DynamoDB::Table", {}, "create")
    assert "s3:DeleteObject" not in needs.actions(BUCKET, {}, "create")


def test_a_custom_resource_is_a_function_that_is_called() -> None:
    assert needs.actions("Custom::Anything", {}, "delete") == ["lambda:InvokeFunction"]
    assert needs.actions("Custom::Anything", {}, "read") == []


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(UnknownTypeError, match="AWS::S3::Bukket"):
        needs.actions("AWS::S3::Bukket", {}, "create")
