"""The role for taskcat: who may take it, and that it reaches stacks under test alone."""

import json
import re
from functools import cache
from typing import Any

import pytest

from generators.application import build as build_application
from generators.render import render
from generators.retention import Retention
from pipeline import taskcat_role
from serverlessapp.template import schemas
from serverlessapp.template.reading import load

TEMPLATE = load(render(taskcat_role.build()))
ROLE = TEMPLATE["Resources"]["TaskcatRole"]["Properties"]
POLICIES = {
    policy["PolicyName"]: policy["PolicyDocument"]["Statement"] for policy in ROLE["Policies"]
}
STATEMENTS = [statement for policy in POLICIES.values() for statement in policy]

# Published for a handler of the templates' types, and left out because of what it is for.
LEFT_OUT = {
    "a bucket's property that ours do not have": {
        *("s3:CreateBucketMetadataTableConfiguration", "s3:PutAccelerateConfiguration"),
        *("s3:PutAnalyticsConfiguration", "s3:PutBucketAbac", "s3:PutBucketCORS"),
        *("s3:PutBucketObjectLockConfiguration", "s3:PutBucketWebsite"),
        *("s3:PutIntelligentTieringConfiguration", "s3:PutInventoryConfiguration"),
        *("s3:PutMetricsConfiguration", "s3:PutReplicationConfiguration"),
    },
    "a table's replicas, imports and streams": {
        *("dynamodb:AssociateTableReplica", "dynamodb:BatchWriteItem", "dynamodb:DeleteItem"),
        *("dynamodb:CreateTableReplica", "dynamodb:DescribeImport", "dynamodb:GetItem"),
        *("dynamodb:DisableKinesisStreamingDestination", "dynamodb:ImportTable"),
        *("dynamodb:EnableKinesisStreamingDestination", "dynamodb:PutItem", "dynamodb:Query"),
        *("dynamodb:UpdateContributorInsights", "dynamodb:UpdateItem"),
        *("iam:CreateServiceLinkedRole", "kinesis:DescribeStream", "kinesis:PutRecords"),
        *("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
        *("kms:Encrypt", "kms:ListAliases", "kms:RevokeGrant"),
    },
    "a log group's property that ours do not have": {
        *("logs:CreateLogDelivery", "logs:DeleteDataProtectionPolicy", "logs:PutIndexPolicy"),
        *("logs:PutBearerTokenAuthentication", "logs:PutDataProtectionPolicy"),
        *("logs:PutResourcePolicy", "firehose:TagDeliveryStream"),
    },
    "a function's property that ours do not have": {
        *("lambda:GetCodeSigningConfig", "lambda:GetLayerVersion"),
        *("lambda:PassCapacityProvider",),
        *("lambda:PutFunctionConcurrency", "lambda:PutFunctionRecursionConfig"),
        *("lambda:PutFunctionScalingConfig", "lambda:PutRuntimeManagementConfig"),
    },
    "managed policies on roles, users and groups": {
        *("iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:UntagRole"),
        *("iam:DeleteUserPolicy", "iam:GetUserPolicy", "iam:PutUserPolicy"),
        *("iam:DeleteGroupPolicy", "iam:GetGroupPolicy", "iam:PutGroupPolicy"),
    },
    "a topic's property that ours do not have": {"sns:PutDataProtectionPolicy"},
    "a secret in several Regions": {
        *("secretsmanager:ReplicateSecretToRegions",),
        *("secretsmanager:RemoveRegionsFromReplication",),
    },
    "a disabled key": {"kms:DisableKey"},
    "no action that IAM knows": {
        *("lambda:AssociateRuntimeAlias", "s3:GetObjectMetadata", "s3:PutBucketReplication"),
        *("s3:PutObjectLockConfiguration", "s3:REST.PUT.OBJECT"),
    },
}
# Networks, file systems, other event sources.
LEFT_OUT_SERVICES = {"ec2", "elasticfilesystem", "kafka", "s3files", "s3tables", "firehose"}
# Granted, though no schema of these types says so; the statements' docstrings have the sources.
UNPUBLISHED = {"lambda:InvokeFunction"}


def actions(policy: str) -> set[str]:
    return {action for statement in POLICIES[policy] for action in statement["Action"]}


def text(value: Any) -> str:
    return str(value["Fn::Sub"]) if isinstance(value, dict) else str(value)


@cache
def published() -> set[str]:
    """Return what AWS publishes for making and deleting the application's resource types."""
    types = {
        resource["Type"]
        for retention in Retention
        for resource in load(render(build_application(retention)))["Resources"].values()
        if resource["Type"].startswith("AWS::")
    }
    return {
        permission
        for kind in types
        for name, handler in schemas.schema(kind).get("handlers", {}).items()
        if name in ("create", "read", "delete")
        for permission in handler["permissions"]
    }


def test_cloudformation_gets_what_aws_publishes_and_nothing_else() -> None:
    granted = actions("MakeStacks") | actions("RunTests")
    allowed = {action.lower() for action in granted}
    unpublished = {action.lower() for action in published()}
    assert {a for a in actions("MakeStacks") if a.lower() not in unpublished} == UNPUBLISHED
    left_out = {action.lower() for group in LEFT_OUT.values() for action in group}
    missing = {
        action
        for action in published()
        if action.lower() not in allowed | left_out
        and action.partition(":")[0] not in LEFT_OUT_SERVICES
    }
    assert not missing


def test_what_is_left_out_is_published_and_not_granted() -> None:
    lower = {action.lower() for action in published()}
    left_out = {action for group in LEFT_OUT.values() for action in group}
    assert not {action for action in left_out if action.lower() not in lower}
    assert not left_out & (actions("MakeStacks") | actions("RunTests"))


def test_only_tests_are_within_reach() -> None:
    """By name, by tag, by function, or through a service within reach; or it is only a list."""
    names = re.compile(r"tCaT-|tcat-|serverlessapp-tcat-|Secret-|Dashboard-")
    for statement in STATEMENTS:
        by_name = all(names.search(text(resource)) for resource in statement["Resource"])
        limited = by_name or "Condition" in statement
        reads = all(
            action.partition(":")[2].startswith(("Describe", "List", "GetRandom"))
            for action in statement["Action"]
        )
        assert limited or reads or statement["Sid"] == "SaveQueries", statement["Sid"]


def test_a_name_that_says_too_little_is_not_enough() -> None:
    for statement in STATEMENTS:
        if any(":secret:Secret-" in text(resource) for resource in statement["Resource"]):
            assert "Condition" in statement or statement["Sid"] == "LookForSecrets"


def test_roles_go_to_lambda_only() -> None:
    (passing,) = (statement for statement in STATEMENTS if "iam:PassRole" in statement["Action"])
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def test_the_pipelines_build_and_the_tester_may_take_it() -> None:
    (trust,) = ROLE["AssumeRolePolicyDocument"]["Statement"]
    build, tester = trust["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert text(build).endswith(":role/${PipelineStackName}-TaskcatBuildRole-*")
    assert tester["Fn::If"][1:] == [{"Ref": "TesterArn"}, {"Ref": "AWS::NoValue"}]
    assert text(trust["Principal"]["AWS"]) == "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"


def test_the_builds_role_is_called_like_that() -> None:
    from .rendered import RESOURCES

    assert RESOURCES["TaskcatBuildRole"]["Type"] == "AWS::IAM::Role"


def test_the_policies_fit_into_a_role() -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 10,240 characters, spaces not counted."""
    longest = {
        "${AWS::Partition}": "aws-us-gov",
        "${AWS::AccountId}": "1" * 12,
        "${AWS::URLSuffix}": "amazonaws.com.cn",
    }
    written = json.dumps(list(POLICIES.values()), separators=(",", ":"))
    written = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", written)
    for name, value in longest.items():
        written = written.replace(name, value)
    assert "${" not in written
    assert len(written) < 10_240


@pytest.mark.parametrize("parameter", ["TesterArn", "PermissionsBoundaryArn"])
def test_what_is_optional_is_off_by_default(parameter: str) -> None:
    assert TEMPLATE["Parameters"][parameter]["Default"] == ""
