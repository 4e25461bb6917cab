"""The role that updates the pipeline reaches nothing else, and cannot change its boundary."""

import json

from .derived import UPDATE
from .rendered import RESOURCES

# A connection is any of the account's; which one is the pipeline's parameter.
BY_CONDITION = (":connection/*", ":notificationrule/*")


def test_it_reaches_only_what_is_named_after_the_pipeline() -> None:
    for statement in UPDATE.statements:
        for resource in statement["Resource"]:
            if resource != "*" and not resource["Fn::Sub"].endswith(BY_CONDITION):
                assert "${PipelineStackName}-*" in resource["Fn::Sub"], statement["Sid"]
    (statement,) = UPDATE.allowing("codestar-notifications:UpdateNotificationRule")
    assert ":${PipelineStackName}-*" in json.dumps(statement["Condition"])


def test_it_is_limited_by_the_boundary_of_the_pipelines_template() -> None:
    (statement,) = UPDATE.allowing("iam:CreateRole")
    limit = statement["Condition"]["ArnLike"]["iam:PermissionsBoundary"]["Fn::Sub"]
    (title,) = (t for t, r in RESOURCES.items() if r["Type"] == "AWS::IAM::ManagedPolicy")
    assert limit.endswith(f":policy/${{PipelineStackName}}-{title}-*")


def test_the_boundary_is_only_deleted() -> None:
    """IAM deletes no policy in use, nor the version in force (IAM API Reference)."""
    (statement,) = UPDATE.allowing("iam:DeletePolicy")
    assert set(statement["Action"]) == {
        *("iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:GetPolicy"),
        *("iam:ListEntitiesForPolicy", "iam:ListPolicyVersions"),
    }


def test_named_resources_have_names_that_begin_with_the_stacks() -> None:
    names = {
        resource["Properties"]["Name"]["Fn::Sub"]
        for resource in RESOURCES.values()
        if resource["Type"].startswith("AWS::CodeBuild::")
    }
    assert names
    assert all(name.startswith("${AWS::StackName}-") for name in names)


def test_only_cloudformation_can_be_it() -> None:
    (statement,) = UPDATE.properties["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudformation.amazonaws.com"}
