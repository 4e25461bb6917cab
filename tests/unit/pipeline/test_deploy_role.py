"""The deploy role: exact actions, narrow resources, and no way out of the boundary."""

import json
from pathlib import Path
from typing import Any

import pytest

from generators import extension
from generators.render import render
from pipeline import deploy_role
from pipeline.derivation.statements import POLICY_SIZE
from serverlessapp.template import published
from serverlessapp.template.reading import load

ROOT = Path(__file__).resolve().parents[3]
Json = dict[str, Any]

TEMPLATE: Json = load(render(deploy_role.build()))
RESOURCES: Json = TEMPLATE["Resources"]
POLICIES = {
    title: resource["Properties"]["PolicyDocument"]
    for title, resource in RESOURCES.items()
    if resource["Type"] == "AWS::IAM::ManagedPolicy"
}
STATEMENTS = [
    statement
    for title, policy in POLICIES.items()
    if title != deploy_role.BOUNDARY
    for statement in policy["Statement"]
]


def with_action(action: str) -> list[Json]:
    return [statement for statement in STATEMENTS if action in statement["Action"]]


def test_every_action_is_one_that_exists() -> None:
    for statement in STATEMENTS:
        for action in statement["Action"]:
            assert "*" not in action
            assert published.action(action), action


def test_everything_is_allowed_only_where_the_service_knows_no_resources() -> None:
    for statement in STATEMENTS:
        for action in statement["Action"]:
            assert ("*" in statement["Resource"]) != published.can_be_limited(action), action


def test_resources_are_those_of_one_stack() -> None:
    """Their names say so, or conditions do."""
    for statement in STATEMENTS:
        for resource in statement["Resource"]:
            if resource == "*" or "Condition" in statement:
                continue
            text = resource["Fn::Sub"]
            named = (
                "serverlessapp-${EnvironmentSuffix}-",
                "${CodeBucket}/",
                "dashboard/Dashboard-",
            )
            only_tags = {"lambda:ListTags", "lambda:TagResource", "lambda:UntagResource"}
            assert any(name in text for name in named) or set(statement["Action"]) <= only_tags


def test_roles_are_passed_to_lambda_alone() -> None:
    (statement,) = with_action("iam:PassRole")
    assert statement["Resource"] == [
        {
            "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
            "serverlessapp-${EnvironmentSuffix}-FileProcessorRole-*"
        }
    ]
    assert statement["Condition"] == {
        "StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}
    }


@pytest.mark.parametrize(
    "action", ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]
)
def test_permissions_are_given_only_within_the_boundary(action: str) -> None:
    (statement,) = with_action(action)
    assert statement["Condition"] == {
        "ArnEquals": {"iam:PermissionsBoundary": {"Ref": deploy_role.BOUNDARY}}
    }


@pytest.mark.parametrize(
    "action",
    [
        "iam:DeleteRolePermissionsBoundary",
        *("iam:AttachRolePolicy", "iam:CreatePolicy", "iam:CreatePolicyVersion"),
        *("iam:DeletePolicy", "iam:SetDefaultPolicyVersion", "sts:AssumeRole"),
    ],
)
def test_nothing_leads_out_of_the_boundary(action: str) -> None:
    assert not with_action(action)


def test_keys_are_made_only_where_the_application_has_one() -> None:
    assert RESOURCES[deploy_role.KEYS]["Condition"] == "CustomerManagedKey"
    for title, policy in POLICIES.items():
        for statement in policy["Statement"]:
            if title not in (deploy_role.KEYS, deploy_role.BOUNDARY):
                assert not any(action.startswith("kms:") for action in statement["Action"])


def test_policies_are_short_enough_for_iam() -> None:
    longest = {"${AWS::Partition}": "aws-us-gov", "${AWS::AccountId}": "1" * 12}
    longest |= {"${EnvironmentSuffix}": "e" * 12, "${CodeBucket}": "b" * 63}
    for title, policy in POLICIES.items():
        text = json.dumps(policy, separators=(",", ":"))
        for name, value in longest.items():
            text = text.replace(name, value)
        plain = text.replace('{"Fn::Sub":', "").replace('"}', '"')
        assert len(plain) < POLICY_SIZE, title


def test_all_policies_are_attached_when_they_exist() -> None:
    attached = RESOURCES[deploy_role.ROLE]["Properties"]["ManagedPolicyArns"]
    names = {
        item["Ref"] if "Ref" in item else item["Fn::If"][1]["Ref"]: item.get("Fn::If", [None])[0]
        for item in attached
    }
    assert names == {
        title: RESOURCES[title].get("Condition")
        for title in POLICIES
        if title != deploy_role.BOUNDARY
    }


def test_the_boundary_lets_the_application_work_and_no_more() -> None:
    actions = {
        action
        for statement in POLICIES[deploy_role.BOUNDARY]["Statement"]
        for action in statement["Action"]
    }
    assert actions == {
        *("s3:GetObjectVersion", "secretsmanager:GetSecretValue", "dynamodb:PutItem"),
        *("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"),
        *("logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt"),
    }


def test_a_processors_grants_are_within_the_boundary() -> None:
    grants = extension.grants_of(ROOT / "examples" / "thumbnails")
    template = load(render(deploy_role.build(grants)))
    boundary = template["Resources"][deploy_role.BOUNDARY]["Properties"]["PolicyDocument"]
    (statement,) = (s for s in boundary["Statement"] if "s3:PutObject" in s["Action"])
    (resource,) = statement["Resource"]
    assert resource["Fn::Sub"].endswith("-????????-????-????-????-????????????/results/*")
