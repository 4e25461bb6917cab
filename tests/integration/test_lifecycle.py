"""Deploy, process, update and delete, with both templates, on the emulator."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from generators.retention import Retention
from local import leftovers

from .conftest import wait_until

Deploy = Callable[..., Any]
Template = Callable[[Retention], str]

ODD_NAMES = (
    "plain.txt",
    "with space.txt",
    "a+b.txt",
    "100%.txt",
    "R&D=?#.txt",
    "Zürich/Ærøskøbing/日本.txt",
    "x" * 900 + ".txt",
)


@pytest.mark.parametrize("retention", list(Retention), ids=lambda kind: str(kind.value))
def test_files_with_any_name_get_a_signed_receipt(deploy: Deploy, retention: Retention) -> None:
    stack = deploy(retention)
    for name in ODD_NAMES:
        stack.upload(name, name.encode())
    password = json.loads(
        stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["SecretArn"])[
            "SecretString"
        ]
    )["password"]
    for name in ODD_NAMES:
        receipt = stack.wait_for_receipt(name)
        assert receipt.size == len(name.encode())
        assert receipt.is_signed_by(password, stack.outputs["UploadBucketName"])
    assert not stack.parked()


def test_files_outside_the_prefix_are_left_alone(deploy: Deploy) -> None:
    stack = deploy(UploadPrefix="in/eu/")
    bucket = stack.outputs["UploadBucketName"]
    stack.client("s3").put_object(Bucket=bucket, Key="uploads/a.txt", Body=b"a")
    stack.client("s3").put_object(Bucket=bucket, Key="in/b.txt", Body=b"b")
    stack.upload("c.txt", b"c")
    stack.wait_for_receipt("c.txt")
    assert set(stack.receipts()) == {"c.txt"}


def test_the_newest_version_wins_and_old_ones_are_read_as_they_were(deploy: Deploy) -> None:
    stack = deploy()
    for content in (b"one", b"two", b"three"):
        newest = stack.upload("same.txt", content)
    receipt = stack.wait_for_receipt("same.txt", newest)
    assert receipt.size == 5
    assert not stack.parked()


def test_a_file_deleted_before_it_is_processed_is_still_processed(deploy: Deploy) -> None:
    """Only a delete marker hides it; the version the event names is there."""
    stack = deploy()
    version = stack.upload("short-lived.txt", b"here")
    stack.client("s3").delete_object(
        Bucket=stack.outputs["UploadBucketName"], Key="uploads/short-lived.txt"
    )
    assert stack.wait_for_receipt("short-lived.txt").version_id == version


def test_a_damaged_file_is_parked_and_a_repaired_version_processed(deploy: Deploy) -> None:
    stack = deploy()
    stack.upload("damaged.txt", b"x", sha256="0" * 64)
    message = stack.wait_for_parked()
    assert "declared SHA-256" in message["MessageAttributes"]["Reason"]["StringValue"]
    assert "damaged.txt" not in stack.receipts()
    repaired = stack.upload("damaged.txt", b"x")
    assert stack.wait_for_receipt("damaged.txt").version_id == repaired


def test_a_message_nobody_understands_is_parked_unchanged(deploy: Deploy) -> None:
    stack = deploy()
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["IngestQueueUrl"], MessageBody="not from S3"
    )
    assert stack.wait_for_parked()["Body"] == "not from S3"


def test_an_update_changes_only_what_it_must_and_loses_nothing(
    deploy: Deploy, template: Template
) -> None:
    stack = deploy(Retention.RETAINED)
    stack.upload("before.txt", b"before")
    before = stack.wait_for_receipt("before.txt")
    changed = stack.update(template(Retention.RETAINED), FunctionMemory="512")
    assert "FileProcessor" in changed
    assert not {"UploadBucket", "Ledger", "Secret", "IngestQueue"} & set(changed)
    configuration = stack.client("lambda").get_function_configuration(
        FunctionName=stack.outputs["FunctionName"]
    )
    assert configuration["MemorySize"] == 512
    stack.upload("after.txt", b"after")
    stack.wait_for_receipt("after.txt")
    assert stack.receipts()["before.txt"] == before


def test_an_update_without_changes_does_nothing(deploy: Deploy, template: Template) -> None:
    assert deploy().update(template(Retention.EPHEMERAL)) == []


def test_an_ephemeral_stack_leaves_nothing_behind(session: boto3.Session, deploy: Deploy) -> None:
    before = leftovers.inventory(session)
    stack = deploy(Encryption="CustomerManaged", AlarmEmail="a@example.com")
    for number in range(3):
        stack.upload(f"{number}.txt", b"x" * number)
    for number in range(3):
        stack.wait_for_receipt(f"{number}.txt")
    wait_until("the end of the last invocation", lambda: stack.messages() == (0, 0))
    stack.delete()
    assert leftovers.inventory(session) == before


def test_a_retained_stack_leaves_its_data_behind(deploy: Deploy) -> None:
    stack = deploy(Retention.RETAINED)
    version = stack.upload("kept.txt", b"kept")
    receipt = stack.wait_for_receipt("kept.txt")
    stack.upload("parked.txt", b"x", sha256="0" * 64)
    stack.wait_for_parked()
    stack.delete()
    kept = stack.client("s3").get_object(
        Bucket=stack.outputs["UploadBucketName"], Key="uploads/kept.txt", VersionId=version
    )
    assert kept["Body"].read() == b"kept"
    assert stack.receipts()["kept.txt"] == receipt
    assert len(stack.parked()) == 1
    assert stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["SecretArn"])


def test_two_stacks_live_side_by_side(deploy: Deploy) -> None:
    first, second = deploy(), deploy()
    first.upload("first.txt", b"1")
    second.upload("second.txt", b"2")
    first.wait_for_receipt("first.txt")
    second.wait_for_receipt("second.txt")
    assert set(first.receipts()) == {"first.txt"}
    assert set(second.receipts()) == {"second.txt"}
    for name in ("UploadBucketName", "FunctionArn", "LedgerTableName", "SecretArn"):
        assert first.outputs[name] != second.outputs[name]


def test_a_stack_created_again_has_new_names(deploy: Deploy) -> None:
    first = deploy()
    first.delete()
    second = deploy()
    assert first.outputs["UploadBucketName"] != second.outputs["UploadBucketName"]


def test_with_every_option(deploy: Deploy) -> None:
    stack = deploy(
        EnvironmentSuffix="eu-1",
        UploadPrefix="in/",
        LogRetentionDays="30",
        VersionRetentionDays="7",
        FunctionMemory="1024",
        FunctionTimeout="300",
        MaximumConcurrency="2",
        AlarmEmail="on-call@example.com",
        Encryption="CustomerManaged",
        PermissionsBoundaryArn="arn:aws:iam::aws:policy/PowerUserAccess",
    )
    stack.upload("a.txt", b"a")
    stack.wait_for_receipt("a.txt")
    assert stack.outputs["UploadBucketName"].startswith("serverlessapp-eu-1-")
    queue = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["IngestQueueUrl"], AttributeNames=["VisibilityTimeout"]
    )
    assert queue["Attributes"]["VisibilityTimeout"] == "1800"
    (subscription,) = stack.client("sns").list_subscriptions_by_topic(
        TopicArn=stack.outputs["AlarmTopicArn"]
    )["Subscriptions"]
    assert subscription["Endpoint"] == "on-call@example.com"
    # The emulator's CloudFormation forgets the key of bucket, table and topic, and the roles'
    # boundary; the tests of the templates look at those.
    secret = stack.client("secretsmanager").describe_secret(SecretId=stack.outputs["SecretArn"])
    assert ":key/" in secret["KmsKeyId"]
