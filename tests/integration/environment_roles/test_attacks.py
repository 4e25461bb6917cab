"""What a push, or another account, could try with a role of an environment: all is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import stacks
from local.emulator import EmulatorSession
from local.enforcement.principals import EVERYTHING, policy
from local.stacks import StackError
from pipeline import names, pipeline_account

from . import world
from .world import CODE, CODE_KEY, A, B, C, World

STACK = "serverlessapp-prod"
Attack = Callable[[World], Any]


def call(purpose: str, service: str, method: str, **given: Any) -> Attack:
    """Return an attack with production's role of a purpose."""
    return lambda w: getattr(w.taken(purpose).client(service), method)(**given)


def execute(name: str) -> dict[str, str]:
    return {"StackName": STACK, "ChangeSetName": name}


def importing(name: str) -> dict[str, Any]:
    """Return a change set that takes a key into the stack, and so into the deploy role's reach."""
    key = {"Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Properties": {}}
    theirs = {"KeyId": "00000000-0000-0000-0000-000000000000"}
    return {
        **execute(name),
        "ChangeSetType": "IMPORT",
        "RoleARN": world.in_env(names.DEPLOY, "prod"),
        "TemplateBody": json.dumps({"Resources": {"Theirs": key}}),
        "ResourcesToImport": [
            {
                "ResourceType": "AWS::KMS::Key",
                "LogicalResourceId": "Theirs",
                "ResourceIdentifier": theirs,
            }
        ],
    }


def read_package(purpose: str) -> Attack:
    """Return an attack on an artifact with production's role of a purpose."""
    return lambda w: w.taken(purpose).client("s3").get_object(**w.stored("Package"))


def namesake_reads(w: World) -> None:
    """Read an artifact as a role with a name that fits, and all permissions, of any account."""
    name, root = names.role(names.DELIVER, "prod"), w.of("444444444444")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    root.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
    root.client("iam").put_role_policy(
        RoleName=name, PolicyName="all", PolicyDocument=policy(EVERYTHING)
    )
    role = root.assuming(world.arn("444444444444", name), "step")
    role.client("s3").get_object(**w.stored("Package"))


# Attack -> the words of the guard.
ATTACKS: dict[str, tuple[Attack, str]] = {
    "review executes": (
        call(names.REVIEW, "cloudformation", "execute_change_set", **execute("review")),
        "cloudformation:ExecuteChangeSet",
    ),
    "review replaces what is delivered": (
        lambda w: world.plan(w.taken(names.REVIEW), "deploy"),
        "cloudformation:CreateChangeSet",
    ),
    "deliver executes what was only reviewed": (
        call(names.DELIVER, "cloudformation", "execute_change_set", **execute("review")),
        "cloudformation:ExecuteChangeSet",
    ),
    "deliver passes another environment's role": (
        lambda w: world.plan(
            w.taken(names.DELIVER), "deploy", RoleARN=world.in_env(names.DEPLOY, "x")
        ),
        "iam:PassRole",
    ),
    "deliver passes an administrator": (
        lambda w: world.plan(w.taken(names.DELIVER), "deploy", RoleARN=world.arn(B, "admin")),
        "iam:PassRole",
    ),
    "deliver makes another environment": (
        lambda w: world.plan(w.taken(names.DELIVER), "deploy", environment="x"),
        "cloudformation:",
    ),
    "deliver makes a role": (
        call(names.DELIVER, "iam", "create_role", RoleName="mine", AssumeRolePolicyDocument="{}"),
        "iam:CreateRole",
    ),
    "deliver changes a boundary": (
        call(
            names.DELIVER,
            "iam",
            "create_policy_version",
            PolicyArn=f"arn:aws:iam::{B}:policy/{names.boundary('prod')}",
            PolicyDocument="{}",
        ),
        "iam:CreatePolicyVersion",
    ),
    **{
        f"{purpose} imports somebody else's key": (
            call(purpose, "cloudformation", "create_change_set", **importing(name)),
            "cloudformation:CreateChangeSet",
        )
        for purpose, name in ((names.REVIEW, "review"), (names.DELIVER, "deploy"))
    },
    "inspect deletes": (
        call(names.INSPECT, "cloudformation", "delete_stack", StackName=STACK),
        "cloudformation:DeleteStack",
    ),
    "inspect makes a change set": (
        lambda w: world.plan(w.taken(names.INSPECT), "review"),
        "cloudformation:CreateChangeSet",
    ),
    "inspect silences alarms": (
        call(names.INSPECT, "cloudwatch", "delete_alarms", AlarmNames=[f"{STACK}-Alarm"]),
        "cloudwatch:DeleteAlarms",
    ),
    "inspect looks at another environment": (
        call(names.INSPECT, "cloudformation", "get_template", StackName="serverlessapp-x"),
        "cloudformation:GetTemplate",
    ),
    "verify calls functions": (
        call(names.VERIFY, "lambda", "invoke", FunctionName=f"{STACK}-FileProcessor-0f"),
        "lambda:InvokeFunction",
    ),
    "verify of another environment takes production's role": (
        lambda w: w.taken(names.VERIFY, by=world.taking(names.VERIFY, "dev")),
        "sts:AssumeRole",
    ),
    "verify replaces a file": (
        lambda w: (
            w.taken(names.VERIFY)
            .client("s3")
            .put_object(Bucket=w.uploads, Key="uploads/receipts/customer.txt", Body=b"x")
        ),
        "AccessDenied|Access Denied|s3:PutObject",
    ),
    "verify reads a file": (
        lambda w: (
            w.taken(names.VERIFY)
            .client("s3")
            .get_object(Bucket=w.uploads, Key="uploads/receipts/customer.txt", VersionId="0f")
        ),
        "AccessDenied|Access Denied|s3:GetObjectVersion",
    ),
    "verify writes the ledger": (
        call(
            names.VERIFY,
            "dynamodb",
            "put_item",
            TableName=f"{STACK}-Ledger-0f",
            Item={"object_key": {"S": "a"}},
        ),
        "dynamodb:PutItem",
    ),
    "root takes CloudFormation's role": (
        lambda w: w.of(B).assuming(world.in_env(names.DEPLOY, "prod"), "step"),
        "sts:AssumeRole",
    ),
    "B takes C's role": (
        lambda w: w.taken(names.DELIVER).assuming(world.in_env(names.DELIVER, "dev"), "step"),
        "sts:AssumeRole",
    ),
    "one's own account takes a role": (
        lambda w: w.of(B).assuming(world.in_env(names.DELIVER, "prod"), "step"),
        "sts:AssumeRole",
    ),
    "B writes code": (
        call(names.DELIVER, "s3", "put_object", Bucket=CODE, Key="tsv/1f.zip", Body=b"x"),
        "AccessDenied|Access Denied|s3:PutObject",
    ),
    "deliver reads code": (
        call(names.DELIVER, "s3", "get_object", Bucket=CODE, Key=CODE_KEY),
        "AccessDenied|Access Denied|s3:GetObject",
    ),
    "verify reads artifacts": (read_package(names.VERIFY), "AccessDenied|s3:GetObject"),
    "inspect reads artifacts": (read_package(names.INSPECT), "AccessDenied|s3:GetObject"),
    "deliver reads the source": (
        lambda w: w.taken(names.DELIVER).client("s3").get_object(**w.stored("Source")),
        "AccessDenied|s3:GetObject",
    ),
    "a namesake of another account reads artifacts": (namesake_reads, "AccessDenied|s3:GetObject"),
    "deliver reads a test's bucket": (
        lambda w: (
            w.taken(names.DELIVER).client("s3").get_object(Bucket=bucket_of_tests(w), Key="a")
        ),
        "AccessDenied|s3:GetObject",
    ),
}


def bucket_of_tests(w: World) -> str:
    """Return a bucket of C."""
    name = "tcat-serverlessapp-c"
    s3 = w.of(C).client("s3")
    s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": w.root.region_name}
    )
    s3.put_object(Bucket=name, Key="a", Body=b"a")
    return name


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(deployed: World, name: str) -> None:
    attack, guard = ATTACKS[name]
    with pytest.raises((ClientError, StackError), match=f"not authorized.*({guard})|{guard}"):
        attack(deployed)


def attempt(w: World, content: dict[str, Any]) -> str:
    """Deliver a template that a push made, and return in which words that fails."""
    deliver = w.taken(names.DELIVER)
    cloudformation = deliver.client("cloudformation")
    reasons = []
    try:
        planned = world.plan(deliver, "deploy", content=content)
        assert planned
        reasons += [event.reason for event in stacks.execute(cloudformation, planned)]
    except StackError as error:
        return "\n".join([*reasons, str(error)])
    return ""


@pytest.mark.parametrize(
    ("name", "value", "action"),
    [
        ("PermissionsBoundary", None, "iam:DeleteRolePermissionsBoundary"),
        (
            "PermissionsBoundary",
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "iam:PutRolePermissionsBoundary",
        ),
        (
            "PermissionsBoundary",
            f"arn:aws:iam::{B}:policy/{names.boundary('x')}",
            "iam:PutRolePermissionsBoundary",
        ),
    ],
)
def test_no_push_takes_a_role_out_of_its_boundary(
    deployed: World, name: str, value: str | None, action: str
) -> None:
    content = world.without(world.template(), "FileProcessorRole", name, value)
    assert f"not authorized to perform: {action} on" in attempt(deployed, content)


def test_no_push_gives_a_function_another_role(deployed: World) -> None:
    other = world.in_env(names.DELIVER, "prod")
    content = world.without(world.template(), "FileProcessor", "Role", other)
    words = attempt(deployed, content)
    assert "not authorized to perform: iam:PassRole on" in words or "cannot be assumed" in words


def test_code_of_a_bucket_that_is_not_the_pipelines_is_refused(deployed: World) -> None:
    """Even one that somebody else has under a name that fits, and opens to everybody."""
    name = f"serverlessapp-pipeline-code-{A}-trap"
    s3 = deployed.of(C).client("s3")
    s3.create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": deployed.root.region_name}
    )
    s3.put_object(Bucket=name, Key="tsv/0f.zip", Body=world.package())
    content = world.without(
        world.template(), "TsvFunction", "Code", {"S3Bucket": name, "S3Key": "tsv/0f.zip"}
    )
    assert "not authorized to perform: s3:GetObject on" in attempt(deployed, content)


def code_of_test(w: World) -> EmulatorSession:
    """Return a session of taskcat's role, as code of a test has it."""
    build = w.pipelines(pipeline_account.TASKCAT_ROLE)
    return build.assuming(world.arn(C, names.TASKCAT_ROLE), "step")


def test_taskcat_makes_no_role_without_the_boundary(deployed: World) -> None:
    session = code_of_test(deployed)
    trust = policy()
    iam = session.client("iam")
    for boundary in ({}, {"PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}):
        with pytest.raises(ClientError, match="iam:CreateRole"):
            iam.create_role(RoleName="tCaT-a-1", AssumeRolePolicyDocument=trust, **boundary)
    with pytest.raises(ClientError, match="iam:CreatePolicyVersion"):
        iam.create_policy_version(
            PolicyArn=f"arn:aws:iam::{C}:policy/{names.TASKCAT_BOUNDARY}", PolicyDocument=trust
        )


def test_a_test_takes_over_no_key_and_no_secret_that_have_no_tags(deployed: World) -> None:
    """CloudFormation may tag what it just made; code with the same role may not tag the rest."""
    owner, taker = deployed.of(C), code_of_test(deployed)
    key = owner.client("kms").create_key()["KeyMetadata"]["KeyId"]
    secret = owner.client("secretsmanager").create_secret(Name="Secret-0f", SecretString="a")["ARN"]
    tags = {"Environment": "tcat-mine", "Project": "ServerlessApp"}
    with pytest.raises(ClientError, match=r"not authorized.*kms:TagResource"):
        taker.client("kms").tag_resource(
            KeyId=key, Tags=[{"TagKey": name, "TagValue": text} for name, text in tags.items()]
        )
    with pytest.raises(ClientError, match=r"not authorized.*secretsmanager:TagResource"):
        taker.client("secretsmanager").tag_resource(
            SecretId=secret, Tags=[{"Key": name, "Value": text} for name, text in tags.items()]
        )
    with pytest.raises(ClientError, match=r"not authorized.*logs:DeleteQueryDefinition"):
        taker.client("logs").delete_query_definition(queryDefinitionId="0f")
