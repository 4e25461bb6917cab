"""What a commit could try with the deploy role, and who else could try to use it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import stacks
from local.enforcement.principals import user

from ..conftest import Deployment
from . import stage
from .stage import Stage, Template

EVERYTHING = [{"Sid": "All", "Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]
ADMINISTRATORS = "arn:aws:iam::aws:policy/AdministratorAccess"


def without_stack(home: Stage) -> Stage:
    home.ensure(exists=False)
    return home


def altered(template: Template, title: str, **properties: Any) -> Template:
    copy: Template = json.loads(json.dumps(template))
    copy["Resources"][title]["Properties"].update(properties)
    return copy


def refused(words: str, action: str) -> bool:
    return f"not authorized to perform: {action} on" in words


@pytest.mark.parametrize("boundary", ["", ADMINISTRATORS])
def test_no_role_is_made_without_the_boundary(home: Stage, boundary: str) -> None:
    target = without_stack(home)
    words = stage.refusal(lambda: target.deploy(PermissionsBoundaryArn=boundary))
    assert refused(words, "iam:CreateRole")


@pytest.mark.parametrize(
    ("boundary", "action"),
    [
        ("", "iam:DeleteRolePermissionsBoundary"),
        (ADMINISTRATORS, "iam:PutRolePermissionsBoundary"),
    ],
)
def test_no_role_loses_its_boundary(home: Stage, boundary: str, action: str) -> None:
    home.ensure(exists=True)
    words = stage.refusal(lambda: home.deploy(PermissionsBoundaryArn=boundary))
    assert refused(words, action)
    home.ensure(exists=True)


def test_a_role_with_every_permission_can_do_no_more(home: Stage) -> None:
    """A commit can widen the function's policy; the boundary still holds."""
    home.ensure(exists=True)
    policy = home.template["Resources"]["FileProcessorPolicy"]["Properties"]["PolicyDocument"]
    wide = altered(
        home.template, "FileProcessorPolicy", PolicyDocument={**policy, "Statement": EVERYTHING}
    )
    home.deploy(wide)
    iam = home.session.client("iam")
    role = next(
        found["Arn"]
        for found in iam.list_roles()["Roles"]
        if found["RoleName"].startswith(f"{stage.STACK}-FileProcessorRole")
    )
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    iam.update_assume_role_policy(
        RoleName=role.rsplit("/", 1)[-1], PolicyDocument=json.dumps(trust)
    )
    made = home.session.client("sts").assume_role(RoleArn=role, RoleSessionName="function")
    function = {
        "aws_access_key_id": made["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": made["Credentials"]["SecretAccessKey"],
        "aws_session_token": made["Credentials"]["SessionToken"],
    }
    s3, iam = (home.session.client(service, **function) for service in ("s3", "iam"))
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_object(Bucket=stage.CODE_BUCKET, Key=stage.PACKAGE["CodeKey"])
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.list_roles()
    home.ensure(exists=False)


def test_files_are_processed_within_the_boundary(home: Stage) -> None:
    home.ensure(exists=False)
    home.deploy()
    deployed = Deployment(home.session, home.name, stacks.outputs(home.cloudformation, home.name))
    deployed.upload("a.txt", b"hello")
    assert deployed.wait_for_receipt("a.txt").size == 5


@pytest.mark.parametrize("name", ["serverlessapp-production", "serverlessapp-prod-eu", "other"])
def test_no_other_stack_can_be_made(home: Stage, name: str) -> None:
    other = replace(without_stack(home), name=name)
    assert "not authorized to perform: " in stage.refusal(other.deploy)
    other.delete()


def test_no_other_environment_can_be_touched(home: Stage) -> None:
    """The names of bucket and queue have it, and the tags of key and secret."""
    target = without_stack(home)
    words = stage.refusal(lambda: target.deploy(EnvironmentSuffix="dev"))
    assert refused(words, "kms:CreateKey")


def test_a_function_cannot_have_somebody_elses_role(home: Stage) -> None:
    template = altered(home.template, "FileProcessor", Role=home.role)
    words = stage.refusal(lambda: without_stack(home).deploy(template))
    assert refused(words, "iam:PassRole")


def test_no_other_kind_of_resource_can_be_made(home: Stage) -> None:
    """Such as a managed policy, even under the name of a role that it may make."""
    content = {"PolicyDocument": {"Version": "2012-10-17", "Statement": EVERYTHING}}
    resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": content}
    target = replace(without_stack(home))
    target.parameters.clear()
    words = stage.refusal(lambda: target.deploy({"Resources": {"FileProcessorRole": resource}}))
    assert "not authorized to perform: iam:" in words


def test_only_who_may_pass_the_role_can_use_it(home: Stage) -> None:
    stranger = user(
        home.session, "stranger", {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "*"}
    )
    target = replace(without_stack(home), session=stranger)
    assert refused(stage.refusal(target.deploy), "iam:PassRole")


def test_who_deploys_reaches_no_file_receipt_or_message(policies: dict[str, Template]) -> None:
    granted = {
        action
        for content in policies.values()
        for statement in content["Statement"]
        for action in statement["Action"]
    }
    assert not granted & {
        *("s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
        *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan"),
        *("sqs:ReceiveMessage", "sqs:SendMessage", "sqs:PurgeQueue", "lambda:InvokeFunction"),
        *("iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion"),
    }
