"""The paths through what all lanes share: buckets, key, secret, topic."""

import contextlib
import json
from typing import Any

import boto3

from generators.cleanup import DELETED_WITH_STACK

from ..answers import deletion, listening
from .attack import bucket, exists
from .paths import file, new_file, path, process
from .world import World


@path("access log")
def access_log(world: World) -> None:
    s3, bucket = world.client("s3"), world.physical("AccessLogBucket")
    for _ in range(2):
        before = len(s3.list_objects_v2(Bucket=bucket).get("Contents", []))
        file(world, world.lanes[0])
        world.wait(
            "an access log",
            lambda: len(s3.list_objects_v2(Bucket=bucket).get("Contents", [])) > before,  # noqa: B023
        )


@path("alarm")
def alarm(world: World) -> None:
    cloudwatch = world.client("cloudwatch")
    name = next(each for each in world.alarms() if "DeadLetterAlarm" in each)
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
    world.wait("an alarm", lambda: name in str(world.heard()))


@path("administrator reads what is encrypted")
def reads(world: World) -> None:
    name, content = new_file(world, world.lanes[0])
    process(world, world.lanes[0], name, content)
    s3, key = world.client("s3"), world.outputs["UploadPrefix"] + name
    assert s3.get_object(Bucket=world.outputs["UploadBucketName"], Key=key)["Body"].read()
    assert world.client("secretsmanager").get_secret_value(SecretId=world.outputs["SecretArn"])


@path("administrator re-encrypts secret and table with their key")
def re_encrypts(world: World) -> None:
    key = world.physical("EncryptionKey")
    value = json.dumps({"username": "admin", "password": "newer"})
    world.client("secretsmanager").update_secret(
        SecretId=world.outputs["SecretArn"], SecretString=value
    )
    world.client("dynamodb").update_table(
        TableName=world.physical(world.lanes[0].logical_id("Ledger")),
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


def fill(s3: Any, name: str) -> None:
    """Put into a bucket what stands in the way of its deletion."""
    for key in ("other/a", "other/b", "c"):
        s3.put_object(Bucket=name, Key=key, Body=b"")
    s3.delete_object(Bucket=name, Key="other/a")
    for key in ("other/unfinished", "unfinished"):
        s3.create_multipart_upload(Bucket=name, Key=key)
