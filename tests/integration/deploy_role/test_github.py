"""The roles for GitHub Actions: who may take them, what they are for, and what they are refused."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from generators.render import render
from local import stacks
from local.emulator import ACCOUNT, Credentials, Emulator, EmulatorSession
from local.enforcement.principals import EVERYTHING, policy
from pipeline.oidc_role import AUDIENCE, ISSUER, build
from serverlessapp.template.reading import load

from . import stage

REPOSITORY = "team@1/files@2"
BRANCH, ENVIRONMENT = f"repo:{REPOSITORY}:ref:refs/heads/main", f"repo:{REPOSITORY}:environment:eu"
STACK = "serverlessapp-eu"
BUCKET = "team-code"
TEMPLATE = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
IAM = f"arn:aws:iam::{ACCOUNT}:role"
DEPLOY_ROLE = f"{IAM}/deploy-{STACK}"
# Without it, a missing object answers 403 instead of 404; the emulator always answers 404.
NOT_ASKED = {"s3:ListBucket"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account with the roles in it."""

    person: EmulatorSession
    emulator: Emulator

    def taking(self, purpose: str, subject: str, audience: str = AUDIENCE) -> EmulatorSession:
        """Return a session of a role, taken with a token of GitHub's."""
        claims = {"iss": f"https://{ISSUER}", "aud": audience, "sub": subject}
        parts = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in ({}, claims)]
        anonymous = self.person.client("sts", config=Config(signature_version=UNSIGNED))
        keys = anonymous.assume_role_with_web_identity(
            RoleArn=f"{IAM}/github-{purpose}-{STACK}",
            RoleSessionName="job",
            WebIdentityToken=b".".join([*parts, b""]).decode(),
        )["Credentials"]
        return self.person.acting_as(
            Credentials(
                access_key=keys["AccessKeyId"],
                secret_key=keys["SecretAccessKey"],
                session_token=keys["SessionToken"],
            )
        )


@pytest.fixture(scope="module")
def account(emulator: Emulator, session: EmulatorSession) -> Account:
    session.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": session.region_name}
    )
    trusted: Any = {"Principal": {"Service": "cloudformation.amazonaws.com"}}
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", **trusted}
    for name in (f"deploy-{STACK}", "deploy-serverlessapp-us"):
        session.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(statement))
        session.client("iam").put_role_policy(
            RoleName=name, PolicyName="all", PolicyDocument=policy(EVERYTHING)
        )
    template = load(render(build()))
    del template["Resources"]["Provider"]  # a type that the emulator does not know
    stacks.deploy(
        session.client("cloudformation"),
        stack="github-eu",
        template=template,
        parameters={
            "EnvironmentSuffix": "eu",
            "CodeBucket": BUCKET,
            "Repository": REPOSITORY,
            "IdentityProvider": "existing",
        },
        capabilities=("CAPABILITY_NAMED_IAM",),
    )
    return Account(person=session, emulator=emulator)


@pytest.fixture
def review(account: Account) -> EmulatorSession:
    return account.taking("review", BRANCH)


@pytest.fixture
def deliver(account: Account) -> EmulatorSession:
    return account.taking("deliver", ENVIRONMENT)


def upload(session: EmulatorSession, key: str = "application.yaml", **options: str) -> None:
    session.client("s3").put_object(
        Bucket=BUCKET, Key=key, Body=TEMPLATE.encode(), **(options or {"IfNoneMatch": "*"})
    )


def prepare(session: EmulatorSession, stack: str = STACK, **options: Any) -> str:
    """Make a change set, and return its ARN."""
    cloudformation = session.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName="review",
        ChangeSetType="CREATE",
        TemplateURL=f"{cloudformation.meta.endpoint_url}/{BUCKET}/application.yaml",
        **{"RoleARN": DEPLOY_ROLE, **options},
    )
    return str(made["Id"])


def test_a_change_set_is_prepared_looked_at_and_executed(account: Account) -> None:
    position = account.emulator.decisions.position()
    review = account.taking("review", BRANCH)
    upload(review)
    with suppress(ClientError):  # it is there
        upload(review)
    review.client("s3").head_object(Bucket=BUCKET, Key="application.yaml")
    arn = prepare(review)
    cloudformation = review.client("cloudformation")
    cloudformation.describe_change_set(ChangeSetName=arn, StackName=STACK)
    deliver = account.taking("deliver", ENVIRONMENT).client("cloudformation")
    deliver.describe_change_set(ChangeSetName=arn, StackName=STACK)
    deliver.execute_change_set(ChangeSetName=arn, StackName=STACK)
    deliver.get_waiter("stack_create_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    deliver.describe_stack_events(StackName=STACK)
    cloudformation.describe_stacks(StackName=STACK)
    cloudformation.get_template(StackName=STACK)
    made = [
        decision
        for decision in account.emulator.decisions.since(position)
        if decision.role.startswith("github-")
    ]
    assert all(decision.allowed for decision in made), made
    assert {decision.action for decision in made} == granted() - NOT_ASKED


def granted() -> set[str]:
    return {
        action
        for resource in load(render(build()))["Resources"].values()
        for document in resource["Properties"].get("Policies", [])
        for statement in document["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }


@pytest.mark.parametrize(
    ("purpose", "subject", "audience"),
    [
        ("review", BRANCH.replace("main", "mine"), AUDIENCE),
        ("review", BRANCH.replace("main", "main/x"), AUDIENCE),
        ("review", f"repo:{REPOSITORY}:pull_request", AUDIENCE),
        ("review", BRANCH.replace("@1", "").replace("@2", ""), AUDIENCE),
        ("review", BRANCH.replace("files", "other"), AUDIENCE),
        ("review", ENVIRONMENT, AUDIENCE),
        ("review", BRANCH, "https://github.com/team"),
        ("deliver", BRANCH, AUDIENCE),
        ("deliver", ENVIRONMENT.replace(":eu", ":eu-test"), AUDIENCE),
        ("deliver", ENVIRONMENT, "https://github.com/team"),
    ],
)
def test_nobody_else_takes_a_role(
    account: Account, purpose: str, subject: str, audience: str
) -> None:
    with pytest.raises(ClientError, match="AssumeRoleWithWebIdentity"):
        account.taking(purpose, subject, audience)


def own_trust(session: EmulatorSession, purpose: str) -> None:
    session.client("iam").update_assume_role_policy(
        RoleName=f"github-{purpose}-{STACK}", PolicyDocument=policy(EVERYTHING)
    )


def more_permissions(session: EmulatorSession, purpose: str) -> None:
    session.client("iam").put_role_policy(
        RoleName=f"github-{purpose}-{STACK}", PolicyName="a", PolicyDocument=policy(EVERYTHING)
    )


def deploy_role(session: EmulatorSession, purpose: str) -> None:
    session.client("sts").assume_role(RoleArn=DEPLOY_ROLE, RoleSessionName=purpose)


REVIEWING: dict[str, Callable[[EmulatorSession], object]] = {
    "another stack": lambda role: prepare(role, "another"),
    "another environment": lambda role: prepare(role, "serverlessapp-us"),
    "a longer environment": lambda role: prepare(role, f"{STACK}-2"),
    "another role": lambda role: prepare(role, RoleARN=f"{IAM}/deploy-serverlessapp-us"),
    "somebody else's resource": lambda role: prepare(
        role,
        ResourcesToImport=[
            {
                "ResourceType": "AWS::KMS::Key",
                "LogicalResourceId": "Theirs",
                "ResourceIdentifier": {"KeyId": "00000000-0000-0000-0000-000000000000"},
            }
        ],
    ),
    "execution": lambda role: role.client("cloudformation").execute_change_set(
        ChangeSetName="review", StackName=STACK
    ),
    "a stack without a change set": lambda role: role.client("cloudformation").update_stack(
        StackName=STACK, UsePreviousTemplate=True
    ),
    "another's package": lambda role: upload(role, IfMatch="0"),
    "another bucket": lambda role: role.client("s3").get_object(
        Bucket=stage.CODE_BUCKET, Key=stage.CODE_KEY
    ),
    "deletion": lambda role: role.client("s3").delete_object(Bucket=BUCKET, Key="application.yaml"),
    "its trust": lambda role: own_trust(role, "review"),
    "its policy": lambda role: more_permissions(role, "review"),
    "the deploy role": lambda role: deploy_role(role, "review"),
}
DELIVERING: dict[str, Callable[[EmulatorSession], object]] = {
    "a change set": prepare,
    "another stack": lambda role: role.client("cloudformation").execute_change_set(
        ChangeSetName="review", StackName="serverlessapp-us"
    ),
    "deletion": lambda role: role.client("cloudformation").delete_stack(StackName=STACK),
    "a stack policy": lambda role: role.client("cloudformation").set_stack_policy(
        StackName=STACK, StackPolicyBody="{}"
    ),
    "a package": upload,
    "its trust": lambda role: own_trust(role, "deliver"),
    "its policy": lambda role: more_permissions(role, "deliver"),
    "the deploy role": lambda role: deploy_role(role, "deliver"),
}


@pytest.mark.parametrize("attack", REVIEWING)
def test_who_prepares_reaches_nothing_else(review: EmulatorSession, attack: str) -> None:
    with pytest.raises(ClientError, match=r"not authorized|AccessDenied"):
        REVIEWING[attack](review)


def test_no_change_set_works_with_less_than_the_deploy_role(review: EmulatorSession) -> None:
    """Without a role, CloudFormation would work with what this one may do."""
    with pytest.raises(ClientError, match=r"not authorized|AccessDenied"):
        review.client("cloudformation").create_change_set(
            StackName=STACK, ChangeSetName="bare", ChangeSetType="UPDATE", TemplateBody=TEMPLATE
        )


@pytest.mark.parametrize("attack", DELIVERING)
def test_who_executes_reaches_nothing_else(deliver: EmulatorSession, attack: str) -> None:
    with pytest.raises(ClientError, match=r"not authorized|AccessDenied"):
        DELIVERING[attack](deliver)
