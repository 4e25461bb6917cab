"""The paths through a stack on which everything that it grants is needed, each by its name."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from generators.cleanup import DELETED_WITH_STACK
from serverlessapp.operations import metrics

from ..answers import deletion, listening
from .attack import bucket
from .world import World

Path = Callable[[World], None]
PATHS: dict[str, Path] = {}


def path(name: str) -> Callable[[Path], Path]:
    """Enter a function as a path; the order in this file is the order of the run."""

    def enter(function: Path) -> Path:
        PATHS[name] = function
        return function

    return enter


def process(world: World, name: str, content: bytes = b"content") -> str:
    """Upload a file, wait until it is done and logged, and return its version."""
    version = world.upload(name, content)
    key = world.outputs["UploadPrefix"] + name
    world.wait(f"a receipt of {key}", lambda: world.receipts().get(name))
    world.wait(f"a log of {key}", lambda: outcomes(world, key, version))
    world.wait("an empty queue", lambda: not world.waiting())
    return version


def outcomes(world: World, key: str, version: str) -> list[str]:
    """Return what the log says of a version."""
    lines = metrics.log_lines(world.client("logs"), world.outputs["LogGroupName"])
    wanted = [line for line in lines if (line.get("key"), line.get("version_id")) == (key, version)]
    return [str(line["message"]) for line in wanted]


@path("file")
def file(world: World) -> None:
    process(world, world.new_name())


@path("file that starts the function")
def first_file(world: World) -> None:
    world.restart()
    process(world, world.new_name())


@path("access log")
def access_log(world: World) -> None:
    s3, bucket = world.client("s3"), world.physical("AccessLogBucket")
    for _ in range(2):
        before = len(s3.list_objects_v2(Bucket=bucket).get("Contents", []))
        process(world, world.new_name())
        world.wait(
            "an access log",
            lambda: len(s3.list_objects_v2(Bucket=bucket).get("Contents", [])) > before,  # noqa: B023
        )


@path("newer version, then the older event and the same event again")
def out_of_order(world: World) -> None:
    name = world.new_name()
    older, newer = process(world, name, b"1"), process(world, name, b"2")
    key, sqs = world.outputs["UploadPrefix"] + name, world.client("sqs")
    for version, outcome in ((older, "superseded"), (newer, "duplicate")):
        sqs.send_message(
            QueueUrl=world.outputs["IngestQueueUrl"],
            MessageBody=json.dumps(announcement(world, key, version)),
        )
        world.wait(outcome, lambda: outcome in outcomes(world, key, version))  # noqa: B023


def announcement(world: World, key: str, version: str) -> dict[str, Any]:
    """Return the event of a file of one byte: that in the ledger, or one before it."""
    entries = world.client("dynamodb").scan(TableName=world.outputs["LedgerTableName"])["Items"]
    (entry,) = (each for each in entries if each["object_key"]["S"] == key)
    sequencer = entry["sequencer"]["S"]
    if entry["version_id"]["S"] != version:
        sequencer = "0" * len(sequencer)
    item = {"key": key, "versionId": version, "size": 1, "eTag": "x", "sequencer": sequencer}
    bucket = {"name": world.outputs["UploadBucketName"]}
    record = {"eventTime": "2026-01-01T00:00:00Z", "s3": {"bucket": bucket, "object": item}}
    return {"Records": [record]}


@path("file that cannot be processed")
def parked(world: World) -> None:
    world.upload(world.new_name(), b"content", sha256="0" * 64)
    world.wait("a parked file", world.parked)
    world.settle_dead_letters()


@path("version that is gone")
def gone(world: World) -> None:
    name = world.new_name()
    with world.paused():
        version = world.upload(name, b"content")
        key = world.outputs["UploadPrefix"] + name
        world.client("s3").delete_object(
            Bucket=world.outputs["UploadBucketName"], Key=key, VersionId=version
        )
    world.wait("a parked file", world.parked)
    world.settle_dead_letters()


@path("secret that is gone, so three failed receives")
def failed_receives(world: World) -> None:
    secrets, arn = world.client("secretsmanager"), world.outputs["SecretArn"]
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    try:
        world.restart()
        world.upload(world.new_name(), b"content")
        world.wait("a parked file", world.parked)
    finally:
        secrets.restore_secret(SecretId=arn)
    world.settle_dead_letters()


@path("rotated secret")
def rotated(world: World) -> None:
    arn, value = world.outputs["SecretArn"], json.dumps({"username": "admin", "password": "new"})
    secrets = world.client("secretsmanager")
    version = secrets.put_secret_value(SecretId=arn, SecretString=value)["VersionId"]
    world.restart()
    name = world.new_name()
    process(world, name)
    assert world.receipts()[name].secret_version == version


@path("alarm")
def alarm(world: World) -> None:
    cloudwatch = world.client("cloudwatch")
    (name,) = (each for each in world.alarms() if "DeadLetterAlarm" in each)
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
    world.wait("an alarm", lambda: name in str(world.heard()))


@path("administrator reads what is encrypted")
def reads(world: World) -> None:
    name = world.new_name()
    process(world, name)
    s3, key = world.client("s3"), world.outputs["UploadPrefix"] + name
    assert s3.get_object(Bucket=world.outputs["UploadBucketName"], Key=key)["Body"].read()
    assert world.client("secretsmanager").get_secret_value(SecretId=world.outputs["SecretArn"])


@path("administrator gives secret and table their key again")
def keys_again(world: World) -> None:
    key = world.physical("EncryptionKey")
    value = json.dumps({"username": "admin", "password": "newer"})
    world.client("secretsmanager").update_secret(
        SecretId=world.outputs["SecretArn"], SecretString=value
    )
    world.client("dynamodb").update_table(
        TableName=world.outputs["LedgerTableName"],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )


@path("administrator manages the key")
def manages_key(world: World) -> None:
    kms, key = world.client("kms"), world.physical("EncryptionKey")
    policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    description = kms.describe_key(KeyId=key)["KeyMetadata"]["Description"]
    kms.update_key_description(KeyId=key, Description=description)
    kms.list_key_policies(KeyId=key)
    kms.list_resource_tags(KeyId=key)
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "seen", "TagValue": "yes"}])
    kms.untag_resource(KeyId=key, TagKeys=["seen"])
    kms.get_key_rotation_status(KeyId=key)
    kms.disable_key_rotation(KeyId=key)
    kms.enable_key_rotation(KeyId=key)
    kms.disable_key(KeyId=key)
    kms.enable_key(KeyId=key)
    kms.list_grants(KeyId=key)
    # Not found, so it may be revoked: only AWS services make grants, and here there is none.
    with contextlib.suppress(kms.exceptions.NotFoundException):
        kms.revoke_grant(KeyId=key, GrantId="0" * 64)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)


@path("buckets deleted, with the stack's end or when replaced")
def deleted(world: World) -> None:
    s3, lambdas, root = world.client("s3"), world.client("lambda"), world.root
    upload_bucket, log_bucket = map(world.physical, ("UploadBucket", "AccessLogBucket"))
    # Those that UploadBucket would have had with other suffixes: it stays itself.
    project, _, guid = upload_bucket.split("-", 2)
    replaced = [f"{project}-{world.new_name()[:-4]}-{guid}" for _ in range(2)]
    policy = root.client("s3").get_bucket_policy(Bucket=log_bucket)["Policy"]
    world.restart("BucketEmptier")
    try:
        for name in (*replaced, log_bucket):
            if name != log_bucket:
                tagged(root, name)
            fill(s3, name)
            with listening() as (url, answers):
                payload = json.dumps(deletion(url, name))
                lambdas.invoke(FunctionName=world.physical("BucketEmptier"), Payload=payload)
            world.check()
            assert [answer["Status"] for answer in answers] == ["SUCCESS"], answers
            assert not exists(root, name)
    finally:
        if not exists(root, log_bucket):
            tagged(root, log_bucket)
            root.client("s3").put_bucket_policy(Bucket=log_bucket, Policy=policy)


def tagged(session: boto3.Session, name: str) -> None:
    """Make a versioned bucket with the tag that the emptier looks for."""
    tags = {"TagSet": [{"Key": DELETED_WITH_STACK, "Value": "true"}]}
    s3: Any = session.client("s3")
    s3.put_bucket_tagging(Bucket=bucket(session, name), Tagging=tags)


def exists(session: boto3.Session, name: str) -> bool:
    """Tell whether there is such a bucket."""
    try:
        session.client("s3").head_bucket(Bucket=name)
    except ClientError:
        return False
    return True


def fill(s3: Any, name: str) -> None:
    """Put into a bucket what stands in the way of its deletion."""
    for key in ("other/a", "other/b", "c"):
        s3.put_object(Bucket=name, Key=key, Body=b"")
    s3.delete_object(Bucket=name, Key="other/a")
    for key in ("other/unfinished", "unfinished"):
        s3.create_multipart_upload(Bucket=name, Key=key)
