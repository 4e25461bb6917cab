"""A live stack gets a key of its own and gives it back: docs/operations.md says what follows."""

import json
from collections.abc import Callable

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import administrator
from local.stacks import StackError
from serverlessapp.template.reading import load

from .conftest import Deployment, wait_until
from .deploy_role.stage import failing

OWN, AWS = {"Encryption": "CustomerManaged"}, {"Encryption": "AwsManaged"}
TEMPLATES = {kind: render(build(kind)).decode() for kind in Retention}
Begin = Callable[[Retention], Deployment]


@pytest.fixture
def begin(enforcing: Emulator, request: pytest.FixtureRequest) -> Begin:
    """Return what makes a stack under AWS's keys; everybody in it is checked."""

    def stack_of(kind: Retention) -> Deployment:
        name = f"switched-{abs(hash(request.node.nodeid)) % 10**8}"
        stack = Deployment(administrator(enforcing.session(), name), name, {})
        stack.update(TEMPLATES[kind])
        return stack

    return stack_of


def keys(stack: Deployment) -> set[str | None]:
    """Return the keys under which something new will be; None is one of AWS."""
    outputs, client = stack.outputs, stack.client
    bucket = client("s3").get_bucket_encryption(Bucket=outputs["UploadBucketName"])
    (rule,) = bucket["ServerSideEncryptionConfiguration"]["Rules"]
    table = client("dynamodb").describe_table(TableName=outputs["LedgerTableName"])["Table"]
    topic = client("sns").get_topic_attributes(TopicArn=outputs["AlarmTopicArn"])["Attributes"]
    secret = client("secretsmanager").describe_secret(SecretId=outputs["SecretArn"])
    (log,) = client("logs").describe_log_groups(logGroupNamePrefix=outputs["LogGroupName"])[
        "logGroups"
    ]
    return {
        rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID"),
        table.get("SSEDescription", {}).get("KMSMasterKeyArn"),
        topic.get("KmsMasterKeyId"),
        secret.get("KmsKeyId"),
        log.get("kmsKeyId"),
    }


def key_of(stack: Deployment, name: str) -> str | None:
    """Return the key of the newest version of a file."""
    place = {"Bucket": stack.outputs["UploadBucketName"], "Key": "uploads/" + name}
    key: str | None = stack.client("s3").head_object(**place).get("SSEKMSKeyId")
    return key


def state(stack: Deployment, key: str) -> str:
    return str(stack.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"])


def test_both_directions_lose_nothing(begin: Begin) -> None:
    stack, template = begin(Retention.RETAINED), TEMPLATES[Retention.RETAINED]
    stack.upload("before.txt", b"before")
    before = stack.wait_for_receipt("before.txt")

    with stack.paused():
        stack.upload("waiting.txt", b"under S3's key, while the stack changes")
        stack.update(template, **OWN)
    stack.wait_for_receipt("waiting.txt")
    (key,) = keys(stack)
    assert key
    stack.upload("own.txt", b"own")
    own = stack.wait_for_receipt("own.txt")
    assert (key_of(stack, "before.txt"), key_of(stack, "own.txt")) == (None, key)

    wait_until("an empty queue", lambda: stack.messages() == (0, 0))
    stack.update(template, **AWS)
    assert keys(stack) == {None}
    assert state(stack, key) == "Enabled", "what it encrypted can be read"
    stack.upload("after.txt", b"after")
    stack.wait_for_receipt("after.txt")
    receipts = stack.receipts()
    assert (receipts["before.txt"], receipts["own.txt"]) == (before, own)
    assert not stack.parked()
    place = {"Bucket": stack.outputs["UploadBucketName"], "Key": own.key}
    assert stack.client("s3").get_object(**place)["Body"].read() == b"own"

    stack.update(template, **OWN)
    assert keys(stack).isdisjoint({None, key}), "another key"


def test_a_file_that_waits_while_the_key_goes_is_processed_as_its_copy(begin: Begin) -> None:
    stack, template = begin(Retention.RETAINED), TEMPLATES[Retention.RETAINED]
    stack.update(template, **OWN)
    with stack.paused():
        stack.upload("late.txt", b"late")
        stack.update(template, **AWS)
        stack.retry_after(1)
    parked = stack.wait_for_parked()
    assert "late.txt" in parked["Body"]
    place = {"Bucket": stack.outputs["UploadBucketName"], "Key": "uploads/late.txt"}
    copy = stack.client("s3").copy_object(**place, CopySource=place, ServerSideEncryption="AES256")
    assert stack.wait_for_receipt("late.txt", copy["VersionId"]).size == 4
    assert key_of(stack, "late.txt") is None


@pytest.mark.parametrize(
    ("kind", "fate"),
    [(Retention.RETAINED, "Enabled"), (Retention.EPHEMERAL, "PendingDeletion")],
)
def test_a_switch_that_fails_keeps_the_key_of_what_is_kept(
    begin: Begin, kind: Retention, fate: str
) -> None:
    """For a while, everything came under the key that the failed update made."""
    stack = begin(kind)
    kms = stack.client("kms")
    before = {key["KeyId"] for key in kms.list_keys()["Keys"]}
    with pytest.raises(StackError):
        stack.update(json.dumps(failing(load(TEMPLATES[kind]))), **OWN)
    (made,) = {key["KeyId"] for key in kms.list_keys()["Keys"]} - before
    assert keys(stack) == {None}
    assert state(stack, made) == fate
    stack.upload("still.txt", b"works")
    stack.wait_for_receipt("still.txt")
