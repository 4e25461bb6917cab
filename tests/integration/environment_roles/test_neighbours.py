"""Production, an ephemeral environment and tests in one account: none reaches another's data.

Roles of an application's stack are what a commit makes of them, within the boundary of their
environment. So the most that one could be is a role with every permission within it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generators import application
from generators.naming import PROJECT
from generators.render import render
from generators.retention import Retention
from local import stacks
from local.emulator import EmulatorSession
from local.enforcement.principals import EVERYTHING, policy
from local.pipeline.launched import CAPABILITIES
from pipeline import names

from . import world
from .world import B, World

FILE = "uploads/receipts/precious.txt"
TRUST = policy({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
# Environment and limit of the roles, and the stack, as the templates name them.
STACKS = {
    "prod": ("prod", "serverlessapp-prod"),
    "dev": ("dev", "serverlessapp-dev"),
    "tcat": ("tcat-default", "tCaT-default-000000"),
}


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """An environment: its data, and the session of a role with all permissions within its limit."""

    role: EmulatorSession
    by_title: dict[str, str]  # physical by logical ID
    version: str  # of FILE
    secret: str  # one named as AWS names it, after the resource alone

    def client(self, service: str) -> Any:
        return self.role.client(service)


@pytest.fixture(scope="module")
def neighbours(deployed: World) -> dict[str, Neighbour]:
    """Return production and, launched into its account, an ephemeral environment and tests."""
    root = deployed.of(B)
    world.make(root, "deploy-role-dev", "deploy-role-ephemeral", {"EnvironmentSuffix": "dev"})
    world.make(root, "taskcat-role", "taskcat-role", {})
    for name, retention in (("dev", Retention.EPHEMERAL), ("tcat", Retention.RETAINED)):
        environment, stack = STACKS[name]
        stacks.deploy(
            root.client("cloudformation"),
            stack=stack,
            template=render(application.build(retention, world.LANES[:1])).decode(),
            parameters={"EnvironmentSuffix": environment, "Encryption": "CustomerManaged"},
            capabilities=CAPABILITIES,
        )
    return {name: neighbour(root, name, *STACKS[name]) for name in STACKS}


def neighbour(root: EmulatorSession, limit: str, environment: str, stack: str) -> Neighbour:
    listed = root.client("cloudformation").describe_stack_resources(StackName=stack)
    by_title = {
        each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed["StackResources"]
    }
    put = root.client("s3").put_object(Bucket=by_title["UploadBucket"], Key=FILE, Body=b"a")
    tags = {"Environment": environment, "Project": PROJECT}
    secret = root.client("secretsmanager").create_secret(
        Name=f"Secret-{limit}",
        SecretString="a",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    role = f"{stack}-Widened"
    iam = root.client("iam")
    iam.create_role(
        RoleName=role,
        AssumeRolePolicyDocument=TRUST,
        PermissionsBoundary=f"arn:aws:iam::{B}:policy/{names.boundary(limit)}",
    )
    iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=policy(EVERYTHING))
    return Neighbour(
        role=root.assuming(world.arn(B, role), "function"),
        by_title=by_title,
        version=put["VersionId"],
        secret=secret["ARN"],
    )


Attack = Callable[[Neighbour, Neighbour], Any]


def on_bucket(method: str, **given: Any) -> Attack:
    return lambda by, on: getattr(by.client("s3"), method)(
        Bucket=on.by_title["UploadBucket"], **given
    )


def on_version(method: str) -> Attack:
    return lambda by, on: on_bucket(method, Key=FILE, VersionId=on.version)(by, on)


def on_resource(service: str, method: str, name: str, title: str, **given: Any) -> Attack:
    return lambda by, on: getattr(by.client(service), method)(**{name: on.by_title[title]}, **given)


ITEM = {"object_key": {"S": "a"}}
ATTACKS: dict[str, Attack] = {
    "lists files": on_bucket("list_objects_v2"),
    "lists versions": on_bucket("list_object_versions"),
    "reads a file": on_bucket("get_object", Key=FILE),
    "reads a version": on_version("get_object"),
    "puts a file": on_bucket("put_object", Key=FILE, Body=b"b"),
    "deletes a file": on_bucket("delete_object", Key=FILE),
    "deletes a version": on_version("delete_object"),
    "deletes the bucket": on_bucket("delete_bucket"),
    "opens the bucket": on_bucket("put_bucket_policy", Policy=policy(EVERYTHING)),
    "reads the secret": on_resource("secretsmanager", "get_secret_value", "SecretId", "Secret"),
    "reads the secret by AWS's name": lambda by, on: by.client("secretsmanager").get_secret_value(
        SecretId=on.secret
    ),
    "takes the secret over": lambda by, on: by.client("secretsmanager").tag_resource(
        SecretId=on.secret, Tags=[{"Key": "Environment", "Value": "dev"}]
    ),
    "reads the ledger": on_resource("dynamodb", "get_item", "TableName", "Ledger", Key=ITEM),
    "writes the ledger": on_resource("dynamodb", "put_item", "TableName", "Ledger", Item=ITEM),
    "deletes the ledger": on_resource("dynamodb", "delete_table", "TableName", "Ledger"),
    "reads the queue": on_resource("sqs", "receive_message", "QueueUrl", "DeadLetterQueue"),
    "sends to the queue": on_resource(
        "sqs", "send_message", "QueueUrl", "IngestQueue", MessageBody="a"
    ),
    "empties the queue": on_resource("sqs", "purge_queue", "QueueUrl", "IngestQueue"),
    "uses the key": on_resource(
        "kms", "generate_data_key", "KeyId", "EncryptionKey", KeySpec="AES_256"
    ),
    "deletes the key": on_resource("kms", "schedule_key_deletion", "KeyId", "EncryptionKey"),
    "calls the function": on_resource("lambda", "invoke", "FunctionName", "FileProcessor"),
    "changes the function": on_resource(
        "lambda", "update_function_configuration", "FunctionName", "FileProcessor", Timeout=3
    ),
    "reads the log": on_resource("logs", "filter_log_events", "logGroupName", "FileProcessorLogs"),
    "writes the log": on_resource(
        "logs", "create_log_stream", "logGroupName", "FileProcessorLogs", logStreamName="a"
    ),
    "tells the alarms": on_resource("sns", "publish", "TopicArn", "AlarmTopic", Message="a"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_widest_role_of_one_is_refused_at_another(
    neighbours: dict[str, Neighbour], attack: str
) -> None:
    for by, on in permutations(neighbours, 2):
        with pytest.raises(ClientError, match=r"not authorized|AccessDenied|Access Denied"):
            ATTACKS[attack](neighbours[by], neighbours[on])
            pytest.fail(f"{by} {attack} of {on}")


GRANTED = ("reads a version", "reads the secret by AWS's name", "writes the ledger")
EMPTIED = ("lists versions", "deletes a version")


@pytest.mark.parametrize(
    ("name", "attack"),
    [*product(STACKS, GRANTED), *product(("dev", "tcat"), EMPTIED)],
)
def test_in_its_own_environment_it_is_not(
    neighbours: dict[str, Neighbour], name: str, attack: str
) -> None:
    ATTACKS[attack](neighbours[name], neighbours[name])
