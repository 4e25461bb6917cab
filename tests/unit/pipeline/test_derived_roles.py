"""What holds for every role that is derived: exact actions, narrow resources, short policies."""

import json
import re
from typing import Any

import pytest

from pipeline.derivation.corrections import BEFORE_TAGS
from pipeline.derivation.statements import POLICY_SIZE
from serverlessapp.template import published

from .derived import ROLES, UPDATE, DerivedRole

LONGEST = {
    "AWS::Partition": "aws-us-gov",
    "AWS::AccountId": "1" * 12,
    "AWS::Region": "us-gov-west-1",
    "AWS::URLSuffix": "amazonaws.com.cn",
    "EnvironmentSuffix": "e" * 12,
    "CodeBucket": "b" * 63,
    "PipelineStackName": "p" * 24,
    "ApplicationBoundary": "a" * 128,
    "TestBoundary": "a" * 128,
}


def text(resource: Any) -> str:
    return str(resource["Fn::Sub"] if isinstance(resource, dict) else resource)


every_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.title + role.variant)


@every_role
def test_every_action_is_one_that_exists(role: DerivedRole) -> None:
    for action in role.actions:
        assert published.name_of(action) == action


@every_role
def test_everything_is_allowed_only_where_the_service_knows_no_resources(role: DerivedRole) -> None:
    for statement in role.statements:
        for action in statement["Action"]:
            assert ("*" in statement["Resource"]) != published.can_be_limited(action), action


@every_role
def test_conditions_are_those_that_the_service_fills_in(role: DerivedRole) -> None:
    for statement in role.statements:
        keys = {key for values in statement.get("Condition", {}).values() for key in values}
        for action in statement["Action"]:
            known = {re.sub(r"\$\{.*", "", key) for key in published.condition_keys(action)}
            for key in keys:
                assert re.sub(r"(Tag/).*", r"\1", key) in known, (action, key)


@every_role
def test_policies_are_short_enough_for_iam(role: DerivedRole) -> None:
    for title, policy in role.policies.items():
        text = json.dumps(policy, separators=(",", ":"))
        text = re.sub(r'\{"Ref":"([^"]*)"\}', r'"${\1}"', text)
        text = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", text)
        text = re.sub(r"\$\{([^}]*)\}", lambda name: LONGEST[name[1]], text)
        assert len(text) <= POLICY_SIZE, title


@every_role
def test_all_policies_are_attached_when_they_exist(role: DerivedRole) -> None:
    attached = {
        item["Ref"] if "Ref" in item else item["Fn::If"][1]["Ref"]: item.get("Fn::If", [None])[0]
        for item in role.properties["ManagedPolicyArns"]
    }
    assert attached == {title: role.resources[title].get("Condition") for title in role.policies}
    # IAM and AWS STS quotas: a role has 10 managed policies, unless it is raised.
    assert len(attached) <= 10


@every_role
def test_whose_name_says_too_little_has_the_tags_of_the_stack(role: DerivedRole) -> None:
    """Keys, secrets, mappings and notification rules; or a condition says what they are about.

    Not what follows the making of a key, when its tags need not count yet.
    """
    vague = re.compile(r"(:key/|:event-source-mapping:|:notificationrule/|:secret:Secret-)\*$")
    for statement in role.statements:
        if not set(BEFORE_TAGS).issuperset(statement["Action"]) and any(
            vague.search(text(resource)) for resource in statement["Resource"]
        ):
            keys = {key for values in statement["Condition"].values() for key in values}
            assert keys & {
                *("aws:RequestTag/Project", "aws:ResourceTag/Project", "lambda:FunctionArn"),
                *("codestar-notifications:NotificationsForResource", "kms:ViaService"),
            }, statement


@every_role
def test_roles_are_passed_to_the_services_that_run_them(role: DerivedRole) -> None:
    passed = {s["Condition"]["StringEquals"]["iam:PassedToService"] for s in role.allowing(PASS)}
    builds = {"codebuild.amazonaws.com", "codepipeline.amazonaws.com"}
    assert passed == (builds if role is UPDATE else {"lambda.amazonaws.com", "pipes.amazonaws.com"})


PASS = "iam:PassRole"
GIVING = ("iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary")


@pytest.mark.parametrize("action", GIVING[:2])
@every_role
def test_permissions_are_given_only_within_the_boundary(role: DerivedRole, action: str) -> None:
    (statement,) = role.allowing(action)
    (condition,) = statement["Condition"].values()
    assert list(condition) == ["iam:PermissionsBoundary"]
    assert "Boundary" in str(condition)
    assert set(statement["Action"]) == set(GIVING) & role.actions


@every_role
def test_nothing_leads_out_of_the_boundary(role: DerivedRole) -> None:
    assert not role.actions & {
        *("iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:CreatePolicy"),
        *("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "sts:AssumeRole"),
    }


@every_role
def test_who_makes_stacks_reaches_no_file_receipt_or_message(role: DerivedRole) -> None:
    assert not role.actions & {
        *("s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
        *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"),
        *("sqs:ReceiveMessage", "sqs:SendMessage", "sqs:PurgeQueue"),
    }
