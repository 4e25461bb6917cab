"""Properties of a stack can be asked for, and hold."""

from collections.abc import Iterator

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import administrator, policy

from .conftest import Deployment, wait_until

# Lambda can read the queue, without which there is no stack, and the function nothing else.
BOUNDARY = policy({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"})


@pytest.fixture(scope="module")
def limited(enforcing: Emulator) -> Iterator[Deployment]:
    """A stack with a key of its own, whose roles are within a boundary that is too narrow."""
    stack = Deployment(administrator(enforcing.session()), "limited", {})
    template = render(build(Retention.RETAINED)).decode()
    boundary = stack.client("iam").create_policy(PolicyName="narrow", PolicyDocument=BOUNDARY)
    arn = boundary["Policy"]["Arn"]
    stack.update(template, Encryption="CustomerManaged", PermissionsBoundaryArn=arn)
    yield stack
    stack.delete()


def test_keys_are_told(limited: Deployment) -> None:
    bucket, table = limited.outputs["UploadBucketName"], limited.outputs["LedgerTableName"]
    encryption = limited.client("s3").get_bucket_encryption(Bucket=bucket)
    (rule,) = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    key = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert rule["BucketKeyEnabled"] is True
    described = limited.client("dynamodb").describe_table(TableName=table)["Table"]
    assert described["SSEDescription"]["KMSMasterKeyArn"] == key
    topic = limited.client("sns").get_topic_attributes(TopicArn=limited.outputs["AlarmTopicArn"])
    assert topic["Attributes"]["KmsMasterKeyId"] == key
    assert limited.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Enabled"]


def test_a_role_is_limited_by_its_boundary(enforcing: Emulator, limited: Deployment) -> None:
    iam = limited.client("iam")
    roles = [iam.get_role(RoleName=one["RoleName"])["Role"] for one in iam.list_roles()["Roles"]]
    (boundary,) = {one["PermissionsBoundary"]["PermissionsBoundaryArn"] for one in roles}
    assert boundary.endswith(":policy/narrow")
    limited.upload("a.txt", b"hello")
    wait_until(
        "a refusal",
        lambda: any(
            decision.action == "s3:GetObjectVersion" and not decision.allowed
            for decision in enforcing.decisions.since()
            if decision.role.startswith("limited-FileProcessorRole")
        ),
    )
    assert not limited.receipts()


def test_strangers_are_refused(limited: Deployment) -> None:
    """The acceptance tests ask for it; without it they would say nothing on the emulator."""
    s3 = limited.client("s3")
    stranger = boto3.client(
        "s3",
        region_name=s3.meta.region_name,
        endpoint_url=s3.meta.endpoint_url,
        config=Config(signature_version=UNSIGNED),
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.list_objects_v2(Bucket=limited.outputs["UploadBucketName"])
