"""A pipeline's account and two accounts with environments, as people launch them.

Buckets, key and policies of the pipeline's account are what pipeline.yaml and pipeline-region.yaml
are to make of it; the roles around it are those of the templates.
"""

import io
import json
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from generators import application
from generators.render import render
from generators.retention import Retention
from local import stacks
from local.emulator import PASSWORD, REGION, Credentials, EmulatorSession
from local.enforcement.principals import policy, user
from pipeline import deploy_role, names, pipeline_account, taskcat_role
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane

from ..deploy_role.stage import HANDLER

A, B, C = "111111111111", "222222222222", "333333333333"
PIPELINE = "serverlessapp-pipeline"
LANES = (lane(folder="receipts/"), lane("tsv", handler="summary:run", folder="reports/"))
CODE = names.CODE_BUCKET.format(pipeline=PIPELINE, account=A, region=REGION)
ARTIFACTS = names.ARTIFACT_BUCKET.format(pipeline=PIPELINE, account=A, region=REGION)
CODE_KEY, ARTIFACT = "tsv/0f.zip", f"{PIPELINE}/Package/0f"
# Where each environment is, and of which template.
ENVIRONMENTS = {
    "prod": (B, Retention.RETAINED),
    "x": (B, Retention.RETAINED),
    "dev": (C, Retention.EPHEMERAL),
}
ADMITTED = {CODE: (names.DEPLOY,), ARTIFACTS: (names.REVIEW, names.DELIVER)}
TAKEN_BY = {
    names.REVIEW: pipeline_account.PIPELINE_ROLE,
    names.DELIVER: pipeline_account.PIPELINE_ROLE,
    names.INSPECT: pipeline_account.INSPECT_ROLE,
    names.VERIFY: pipeline_account.VERIFY_ROLE,
}


@dataclass(frozen=True)
class World:
    """The accounts; ``root`` is any session of the emulator."""

    root: EmulatorSession

    def of(self, account: str) -> EmulatorSession:
        """Return a session of an account's root."""
        return self.root.acting_as(Credentials(access_key=account, secret_key=PASSWORD))

    @cached_property
    def person(self) -> EmulatorSession:
        """A user of the pipeline's account, who is let into its roles for the tests."""
        take = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
        return user(self.of(A), "services", take)

    def pipelines(self, role: str) -> EmulatorSession:
        """Return a session of one of the pipeline's roles."""
        return self.person.assuming(arn(A, f"{PIPELINE}-{role}-0f"), "action")

    def taken(self, purpose: str, environment: str = "prod", by: str = "") -> EmulatorSession:
        """Return a session of an environment's role, taken by a role of the pipeline."""
        return self.pipelines(by or TAKEN_BY[purpose]).assuming(
            in_env(purpose, environment), "step"
        )


def arn(account: str, role: str) -> str:
    return f"arn:aws:iam::{account}:role/{role}"


def in_env(purpose: str, environment: str) -> str:
    return arn(ENVIRONMENTS[environment][0], names.role(purpose, environment))


def launch(root: EmulatorSession) -> World:
    """Make the pipeline's account, and launch the stacks with roles."""
    world = World(root)
    pipelines_roles(world)
    buckets(world)
    for environment, (account, retention) in ENVIRONMENTS.items():
        stacks.deploy(
            world.of(account).client("cloudformation"),
            stack=f"roles-{environment}",
            template=render(deploy_role.build(retention=retention)).decode(),
            parameters={
                "EnvironmentSuffix": environment,
                "PipelineAccount": A,
                "Encryption": "CustomerManaged",
            },
            capabilities=["CAPABILITY_NAMED_IAM"],
        )
    stacks.deploy(
        world.of(C).client("cloudformation"),
        stack="taskcat-role",
        template=render(taskcat_role.build()).decode(),
        parameters={"PipelineAccount": A},
        capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return world


def pipelines_roles(world: World) -> None:
    """Make roles with the names of those that a pipeline has; they can do more than those."""
    iam = world.of(A).client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    for role in (*sorted({*TAKEN_BY.values()}), pipeline_account.TASKCAT_ROLE, "PublishBuildRole"):
        name = f"{PIPELINE}-{role}-0f"
        principal = {"Principal": {"AWS": f"arn:aws:iam::{A}:root"}}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust | principal))
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(everything))


def buckets(world: World) -> None:
    """Make a key and the buckets, and let those in who are to read."""
    own = {"Effect": "Allow", "Action": "kms:*", "Principal": {"AWS": f"arn:aws:iam::{A}:root"}}
    every = [purpose for purposes in ADMITTED.values() for purpose in purposes]
    decrypt = admitted(("kms:Decrypt",), "*", every)
    keys = policy({**own, "Resource": "*"}, decrypt)
    key = world.of(A).client("kms").create_key(Policy=keys)["KeyMetadata"]["Arn"]
    s3 = world.of(A).client("s3")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rule = {"ApplyServerSideEncryptionByDefault": default}
    for bucket, purposes in ADMITTED.items():
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        actions = ("s3:GetObject", "s3:GetObjectVersion")
        statement = admitted(actions, f"arn:aws:s3:::{bucket}/*", purposes)
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(statement))
    s3.put_bucket_versioning(Bucket=ARTIFACTS, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=ARTIFACTS, Key=ARTIFACT, Body=b"templates")
    s3.put_object(Bucket=CODE, Key=CODE_KEY, Body=package())


def admitted(actions: Any, resource: str, purposes: Any) -> dict[str, Any]:
    """Return the statement that lets in roles of environments; C's are left out."""
    roles = [in_env(purpose, each) for purpose in purposes for each in ("prod", "x")]
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{B}:root"},
        "Action": [*actions],
        "Resource": resource,
        "Condition": {"ArnEquals": {"aws:PrincipalArn": roles}},
    }


def package() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", HANDLER.read_text(encoding="utf-8"))
        archive.writestr("summary.py", "def run(file, context):\n    return {'ok': True}\n")
    return content.getvalue()


def template(retention: Retention = Retention.RETAINED) -> dict[str, Any]:
    content: dict[str, Any] = load(render(application.build(retention, LANES)))
    return content


def plan(
    session: EmulatorSession,
    name: str,
    environment: str = "prod",
    content: dict[str, Any] | None = None,
    **options: str,
) -> stacks.Plan | None:
    """Make a change set of an environment in place of another, as CodePipeline's action does."""
    account = ENVIRONMENTS[environment][0]
    with suppress(ClientError):  # there is none; or this is refused, and so is making one
        session.client("cloudformation").delete_change_set(
            StackName=f"serverlessapp-{environment}", ChangeSetName=name
        )
    given = {
        "EnvironmentSuffix": environment,
        "Encryption": "CustomerManaged",
        "CodeBucket": CODE,
        "TsvCodeKey": CODE_KEY,
        "PermissionsBoundaryArn": f"arn:aws:iam::{account}:policy/{names.boundary(environment)}",
    }
    return stacks.plan(
        session.client("cloudformation"),
        stack=f"serverlessapp-{environment}",
        template=content or template(),
        parameters=given,
        name=name,
        **{"RoleARN": in_env(names.DEPLOY, environment), **options},
    )


def without(content: dict[str, Any], title: str, name: str, value: Any) -> dict[str, Any]:
    """Return a template in which a property is another one, or none."""
    copy: dict[str, Any] = json.loads(json.dumps(content))
    properties = copy["Resources"][title]["Properties"]
    properties.pop(name, None)
    if value is not None:
        properties[name] = value
    return copy
