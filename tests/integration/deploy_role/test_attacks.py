"""What a commit could try with a derived role, and who else could try to use it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import stacks
from local.emulator import REGION
from local.enforcement.principals import policy, user
from pipeline.boundary import TITLE

from ..conftest import Deployment
from . import stage
from .roles import DIFFERENT, Role, document
from .stage import Stage, Template

LAMBDA = "lambda.amazonaws.com"
ADMINISTRATORS = "arn:aws:iam::aws:policy/AdministratorAccess"

deploying = pytest.mark.parametrize("role", ["deploy"], indirect=True)
updating = pytest.mark.parametrize("role", ["update"], indirect=True)
every_role = pytest.mark.parametrize("role", DIFFERENT, indirect=True)
changing = pytest.mark.parametrize("role", ["deploy", "update"], indirect=True)


def without_stack(home: Stage) -> Stage:
    home.ensure(exists=False)
    return home


def altered(template: Template, title: str, **properties: Any) -> Template:
    copy: Template = json.loads(json.dumps(template))
    content = copy["Resources"][title]["Properties"]
    content.update(properties)
    copy["Resources"][title]["Properties"] = {k: v for k, v in content.items() if v is not None}
    return copy


def refused(words: str, action: str) -> bool:
    return f"not authorized to perform: {action} on" in words


@every_role
@pytest.mark.parametrize("boundary", [None, ADMINISTRATORS])
def test_no_role_is_made_without_the_boundary(role: Role, boundary: str | None) -> None:
    target = without_stack(role.home)
    template = altered(target.template, role.made, PermissionsBoundary=boundary)
    words = stage.refusal(lambda: target.deploy(template))
    assert refused(words, "iam:CreateRole")


@changing
@pytest.mark.parametrize(
    ("boundary", "action"),
    [
        (None, "iam:DeleteRolePermissionsBoundary"),
        (ADMINISTRATORS, "iam:PutRolePermissionsBoundary"),
    ],
)
def test_no_role_loses_its_boundary(role: Role, boundary: str | None, action: str) -> None:
    home = role.home
    home.ensure(exists=True)
    template = altered(home.template, role.made, PermissionsBoundary=boundary)
    words = stage.refusal(lambda: home.deploy(template))
    assert refused(words, action)
    home.ensure(exists=True)


@updating
def test_the_boundary_is_not_widened(home: Stage) -> None:
    home.ensure(exists=True)
    wide = altered(home.template, TITLE, PolicyDocument=document("*"))
    words = stage.refusal(lambda: home.deploy(wide))
    assert refused(words, "iam:CreatePolicyVersion")
    home.ensure(exists=True)


@deploying
def test_a_role_with_every_permission_can_do_no_more(home: Stage) -> None:
    """A commit can widen the function's policy; the boundary still holds."""
    home.ensure(exists=True)
    wide = altered(home.template, "FileProcessorPolicy", PolicyDocument=document("*"))
    home.deploy(wide)
    iam = home.session.client("iam")
    role = next(
        found["Arn"]
        for found in iam.list_roles()["Roles"]
        if found["RoleName"].startswith(f"{home.name}-FileProcessorRole")
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


@deploying
def test_files_are_processed_within_the_boundary(home: Stage) -> None:
    home.ensure(exists=False)
    home.deploy()
    deployed = Deployment(home.session, home.name, stacks.outputs(home.cloudformation, home.name))
    deployed.upload("receipts/a.txt", b"hello")
    assert deployed.wait_for_receipt("receipts/a.txt").size == 5


@pytest.mark.parametrize(
    ("role", "name"),
    [
        *(("deploy", f"serverlessapp-{name}") for name in ("production", "eu-prod", "pipeline")),
        *(("update", name) for name in ("serverlessapp-pipelines", "serverlessapp-qa", "others")),
        *(("taskcat", name) for name in ("tcat-kept", "serverlessapp-test", "another")),
    ],
    indirect=["role"],
)
def test_no_other_stack_can_be_made(home: Stage, name: str) -> None:
    other = replace(without_stack(home), name=name)
    other.ensure(exists=False)
    assert "not authorized to perform: " in stage.refusal(other.deploy)
    if not other.launched:  # else the role cannot delete it, either: no other test has this name
        other.delete()


@pytest.mark.parametrize("role", ["deploy", "taskcat"], indirect=True)
def test_no_other_environment_can_be_touched(home: Stage) -> None:
    """The names of bucket and queue have it, and the tags of key and secret."""
    target = without_stack(home)
    words = stage.refusal(lambda: target.deploy(EnvironmentSuffix="dev"))
    assert refused(words, "kms:CreateKey") or refused(words, "sqs:CreateQueue")


@deploying
@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("CsvFunction", "FunctionName"),
        ("CsvFunctionErrorsAlarm", "AlarmName"),
        ("CsvIngestQueue", "QueueName"),
        ("XmlUploadRule", "Name"),
    ],
)
def test_no_lane_of_another_environment_can_be_touched(home: Stage, title: str, name: str) -> None:
    """Whatever lanes that has: by kind, the role reaches those of its own environment."""
    others = "serverlessapp-dev-json-1"
    template = altered(home.template, title, **{name: others})
    words = stage.refusal(lambda: without_stack(home).deploy(template))
    assert "not authorized to perform: " in words
    assert others in words


@pytest.mark.parametrize(
    ("title", "name", "value", "action"),
    [
        (
            "CsvFunctionErrorsAlarm",
            "AlarmActions",
            [f"arn:aws:automate:{REGION}:ec2:terminate"],
            "cloudwatch:PutMetricAlarm",
        ),
        (
            "XmlUploadRule",
            "Targets",
            [{"Id": "a", "Arn": f"arn:aws:events:{REGION}:210987654321:event-bus/default"}],
            "events:PutTargets",
        ),
        (
            "XmlUploadRule",
            "EventPattern",
            {"detail-type": ["AWS API Call via CloudTrail"]},
            "events:PutRule",
        ),
    ],
)
@pytest.mark.parametrize("role", ["deploy", "taskcat"], indirect=True)
def test_no_alarm_and_no_rule_reaches_out_of_the_stack(
    home: Stage, title: str, name: str, value: Any, action: str
) -> None:
    """An alarm can stop any instance, and a rule send anybody's events to another account."""
    template = altered(home.template, title, **{name: value})
    words = stage.refusal(lambda: without_stack(home).deploy(template))
    assert refused(words, action)


@pytest.mark.parametrize(
    ("role", "title", "path", "action"),
    [
        ("deploy", "FileProcessor", "Role", "iam:PassRole"),
        ("taskcat", "FileProcessor", "Role", "iam:PassRole"),
        ("update", "UnitTests", "ServiceRole", "iam:PassRole"),
        ("update", "Pipeline", "RoleArn", "iam:GetRole"),  # which is asked first
    ],
    indirect=["role"],
)
def test_nothing_gets_somebody_elses_role(home: Stage, title: str, path: str, action: str) -> None:
    """Not even a role that is there for Lambda, which AWS would look at next."""
    iam = home.session.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": LAMBDA}, "Action": "sts:AssumeRole"}
    name = f"somebody-elses-{title}-{home.name}"[:64]
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
    template = altered(home.template, title, **{path: made["Role"]["Arn"]})
    words = stage.refusal(lambda: without_stack(home).deploy(template))
    iam.delete_role(RoleName=name)
    assert refused(words, action)


@every_role
def test_no_other_kind_of_resource_can_be_made(role: Role) -> None:
    """Such as a managed policy, even under the name of a role that it may make."""
    content = {"PolicyDocument": document("*")}
    resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": content}
    target = without_stack(role.home)
    before = target.launched or {"Parameters": target.template["Parameters"], "Resources": {}}
    template = {**before, "Resources": {**before["Resources"], role.made: resource}}
    words = stage.refusal(lambda: target.deploy(template))
    assert refused(words, "iam:CreatePolicy")


@every_role
def test_only_who_may_pass_the_role_can_use_it(role: Role) -> None:
    home = without_stack(role.home)
    everything = {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "*"}
    stranger = user(home.session, f"not-for-{role.name}", everything)
    target = replace(home, session=stranger)
    assert refused(stage.refusal(target.deploy), "iam:PassRole")
