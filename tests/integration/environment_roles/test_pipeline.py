"""The pipeline's own roles: all that they are granted is used, and none reaches further."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local import stacks
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import EVERYTHING, policy
from local.pipeline.launched import STACK as PIPELINE
from pipeline import names, pipeline_account
from tests.acceptance.taskcat import ROOT

from ..deploy_role.needed import grants, superfluous
from . import work, world
from .work import ROLES, UPDATE_ROLE, WORK
from .world import CODE, CODE_KEY, A, C, World

# The emulator does not ask for these; docs/pipeline.md says what each is for.
NOT_ASKED = {
    "codebuild:BatchGetBuilds",
    "codebuild:BatchPutTestCases",
    "codebuild:CreateReport",
    "codebuild:CreateReportGroup",
    "codebuild:StopBuild",
    "codebuild:UpdateReport",
    "codeconnections:UseConnection",
    "codepipeline:GetPipelineExecution",
    "codestar-connections:UseConnection",
    "kms:Encrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:ListBucket",
}


def test_every_role_has_its_work() -> None:
    assert WORK.keys() == set(ROLES)


@pytest.mark.parametrize("role", WORK)
def test_granted_and_used_are_the_same(deployed: World, emulator: Emulator, role: str) -> None:
    position = emulator.decisions.position()
    WORK[role](deployed, deployed.pipelines(role))
    made = [each for each in emulator.decisions.since(position) if each.role == deployed.made[role]]
    policies = deployed.policies(A, deployed.made[role])
    used, all_granted = grants(made), world.granted(policies)
    assert used <= all_granted
    unused = {action for _, action in all_granted - used} - NOT_ASKED
    # S3 asks who uploads in parts (Amazon S3 User Guide, "Multipart upload API and permissions").
    assert unused == ({"kms:Decrypt"} if role == "SourceRole" else set())
    assert not list(superfluous(policies, made))


def test_what_is_not_asked_is_explained() -> None:
    page = (ROOT / "docs/pipeline.md").read_text(encoding="utf-8")
    for action in NOT_ASKED:
        assert f"`{action}`" in page, action


# What a push could make of a role: the one that updates the pipeline gives it any permissions
# within the boundary.


@pytest.fixture(scope="module")
def widened(deployed: World) -> Iterator[World]:
    """Return the world with every permission for every role of the pipeline."""
    iam = deployed.of(A).client("iam")
    for role in ROLES:
        iam.put_role_policy(
            RoleName=deployed.made[role], PolicyName="all", PolicyDocument=policy(EVERYTHING)
        )
    yield deployed
    for role in ROLES:
        iam.delete_role_policy(RoleName=deployed.made[role], PolicyName="all")


Attack = Callable[[World, EmulatorSession, str], Any]
TRUST = policy({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
ADMINISTRATOR = world.arn(A, "administrator")
SECRET = "serverlessapp-prod-Secret"


def call(service: str, method: str, **given: Any) -> Attack:
    return lambda w, session, role: getattr(session.client(service), method)(**given)


def on_role(method: str, **given: Any) -> Attack:
    """Return an attack of a role on itself."""
    return lambda w, session, role: getattr(session.client("iam"), method)(
        RoleName=w.made[role], **given
    )


def with_function(role_arn: str) -> Attack:
    code = {"ZipFile": world.package()}
    more = {"Runtime": "python3.13", "Handler": "index.handler", "Code": code}
    return call("lambda", "create_function", FunctionName="mine", Role=role_arn, **more)


def another_stack(w: World, session: EmulatorSession, _: str) -> None:
    session.client("cloudformation").create_change_set(
        StackName="mine",
        ChangeSetName="mine",
        ChangeSetType="CREATE",
        RoleARN=UPDATE_ROLE,
        TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}',
    )


ATTACKS: dict[str, Attack] = {
    "makes a role": call("iam", "create_role", RoleName="mine", AssumeRolePolicyDocument=TRUST),
    "makes a role of the pipeline": call(
        "iam", "create_role", RoleName=f"{PIPELINE}-Mine", AssumeRolePolicyDocument=TRUST
    ),
    "makes a user": call("iam", "create_user", UserName="mine"),
    "gives itself more": on_role(
        "put_role_policy", PolicyName="mine", PolicyDocument=policy(EVERYTHING)
    ),
    "attaches a policy": on_role(
        "attach_role_policy", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "leaves its boundary": on_role("delete_role_permissions_boundary"),
    "takes another boundary": on_role(
        "put_role_permissions_boundary",
        PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    "opens its trust": on_role("update_assume_role_policy", PolicyDocument=TRUST),
    "edits the boundary": lambda w, session, role: session.client("iam").create_policy_version(
        PolicyArn=w.made["PipelineBoundary"], PolicyDocument=policy(EVERYTHING), SetAsDefault=True
    ),
    "passes a role to a function": with_function(ADMINISTRATOR),
    "passes the update role to a function": with_function(UPDATE_ROLE),
    "calls a function": call("lambda", "invoke", FunctionName="theirs"),
    "makes another stack": another_stack,
    "imports a resource": lambda w, session, role: session.client(
        "cloudformation"
    ).create_change_set(
        StackName=PIPELINE,
        ChangeSetName="mine",
        ChangeSetType="IMPORT",
        TemplateBody='{"Resources": {}}',
        ResourcesToImport=[
            {
                "ResourceType": "AWS::SNS::Topic",
                "LogicalResourceId": "Theirs",
                "ResourceIdentifier": {"TopicArn": "theirs"},
            }
        ],
    ),
    "makes the pipeline with another role": lambda w, session, role: work.prepare(
        w, session, RoleARN=ADMINISTRATOR
    ),
    "deletes another stack": call("cloudformation", "delete_stack", StackName="update-role"),
    "reads another bucket": lambda w, session, role: session.client("s3").get_object(
        Bucket="private", Key="a"
    ),
    "reads another account's bucket": lambda w, session, role: session.client("s3").get_object(
        Bucket=w.uploads, Key="receipts/a.txt"
    ),
    "replaces code": call("s3", "put_object", Bucket=CODE, Key=CODE_KEY, Body=b"mine"),
    "deletes code": call("s3", "delete_object", Bucket=CODE, Key=CODE_KEY),
    "opens a bucket": call("s3", "put_bucket_policy", Bucket=CODE, Policy=policy(EVERYTHING)),
    "replaces a release": lambda w, session, role: session.client("s3").put_object(
        Bucket=w.made["ReleaseBucket"], Key="serverlessapp/1.0.0/application.yaml", Body=b"mine"
    ),
    "opens the key": lambda w, session, role: session.client("kms").put_key_policy(
        KeyId=w.key, PolicyName="default", Policy=policy(EVERYTHING)
    ),
    "reads a secret": call("secretsmanager", "get_secret_value", SecretId=SECRET),
}


@pytest.fixture(scope="module")
def private(widened: World) -> World:
    """Return the world with a bucket and a secret of somebody else in the pipeline's account."""
    s3 = widened.of(A).client("s3")
    where = {"LocationConstraint": widened.root.region_name}
    s3.create_bucket(Bucket="private", CreateBucketConfiguration=where)
    s3.put_object(Bucket="private", Key="a", Body=b"a")
    widened.of(A).client("secretsmanager").create_secret(Name=SECRET, SecretString="a")
    return widened


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_role_of_the_pipeline_gets_further(private: World, attack: str) -> None:
    """Whatever a commit lets it do."""
    for role in ROLES:
        with pytest.raises(
            (ClientError, stacks.StackError), match=r"not authorized|AccessDenied|Access Denied"
        ):
            ATTACKS[attack](private, private.pipelines(role), role)
            pytest.fail(f"{role} {attack}")


EXPIRY = {"Rules": [{"Id": "all", "Status": "Enabled", "ExpirationInDays": 1}]}


@pytest.mark.parametrize("bucket", ["CodeBucket", "ReleaseBucket"])
@pytest.mark.parametrize("part", ["Policy", ""])
def test_no_push_lets_code_or_releases_be_replaced(deployed: World, bucket: str, part: str) -> None:
    """Not by taking the guards away, nor by letting objects expire."""
    content = work.changed()
    title, name = f"{bucket}{part}", "PolicyDocument" if part else "LifecycleConfiguration"
    guards = content["Resources"][f"{bucket}Policy"]["Properties"]["PolicyDocument"]
    value = {**guards, "Statement": guards["Statement"][:1]} if part else EXPIRY
    action = "s3:PutBucketPolicy" if part else "s3:PutLifecycleConfiguration"
    words = work.update(deployed, world.without(content, title, name, value))
    assert f"not authorized to perform: {action} on" in words


def test_each_role_takes_those_that_are_for_it_and_no_others(widened: World) -> None:
    in_environments = [*product(names.PURPOSES, world.ENVIRONMENTS)]
    targets = {world.in_env(*each): "-".join(each) for each in in_environments}
    targets |= {world.arn(C, names.TASKCAT_ROLE): names.TASKCAT_ROLE, UPDATE_ROLE: "update"}
    taken = set()
    for role in ROLES:
        sts = widened.pipelines(role).client("sts")
        for arn, purpose in targets.items():
            with suppress(ClientError):
                sts.assume_role(RoleArn=arn, RoleSessionName="mine")
                taken.add((role, purpose))
    for_tests = (pipeline_account.TASKCAT_ROLE, names.TASKCAT_ROLE)
    assert taken == {
        (world.taking(*each), "-".join(each)) for each in in_environments if each[0] != names.DEPLOY
    } | {for_tests}
