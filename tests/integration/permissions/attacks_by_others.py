"""What strangers, neighbours in the account and AWS services for them must not be able to do."""

import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from local.emulator import Credentials, EmulatorSession
from local.enforcement.decisions import Decision
from local.enforcement.principals import administrator

from .attack import (
    NEIGHBOUR,
    alarm,
    attack,
    bucket,
    got_through,
    log_group,
    plain_http,
    stored,
    topic,
)
from .world import World

KEY, TOPIC = "EncryptionKey", "AlarmTopic"
UPLOADS, LOGS = "UploadBucket", "AccessLogBucket"
STRANGER = Credentials(access_key="210987654321", secret_key="emulator")
TLS = "DenyInsecureTransport"


@attack("uploads listed over plain HTTP", UPLOADS, TLS, "Deny", "UploadBucket")
def uploads_listed(world: World) -> bool:
    s3 = plain_http(world.session, "s3")
    return got_through(s3.list_objects_v2, Bucket=world.physical(UPLOADS))


@attack("file uploaded over plain HTTP", UPLOADS, TLS, "Deny", "UploadBucket/*")
def uploaded(world: World) -> bool:
    s3 = plain_http(world.session, "s3")
    return got_through(s3.put_object, Bucket=world.physical(UPLOADS), Key="x", Body=b"")


@attack("access logs listed over plain HTTP", LOGS, TLS, "Deny", "AccessLogBucket")
def logs_listed(world: World) -> bool:
    s3 = plain_http(world.session, "s3")
    return got_through(s3.list_objects_v2, Bucket=world.physical(LOGS))


@attack("access log read over plain HTTP", LOGS, TLS, "Deny", "AccessLogBucket/*")
def log_read(world: World) -> bool:
    s3 = plain_http(world.session, "s3")
    return got_through(s3.get_object, **stored(world.root, world.physical(LOGS), "x"))


@attack("event sent over plain HTTP", "IngestQueue", TLS, "Deny", "IngestQueue")
def event_sent(world: World) -> bool:
    sqs, url = plain_http(world.session, "sqs"), world.physical("IngestQueue")
    return got_through(sqs.send_message, QueueUrl=url, MessageBody='{"Event": "s3:TestEvent"}')


@attack("parked file read over plain HTTP", "DeadLetterQueue", TLS, "Deny", "DeadLetterQueue")
def parked_read(world: World) -> bool:
    sqs, url = plain_http(world.session, "sqs"), world.physical("DeadLetterQueue")
    return got_through(sqs.receive_message, QueueUrl=url)


@attack("alarm published over plain HTTP", TOPIC, TLS, "Deny", "AlarmTopic")
def published(world: World) -> bool:
    sns = plain_http(world.session, "sns")
    return got_through(sns.publish, TopicArn=world.physical(TOPIC), Message="x")


@attack("receipts read over plain HTTP", "Ledger", TLS, "Deny", "*")
def receipts_read(world: World) -> bool:
    dynamodb = plain_http(world.session, "dynamodb")
    return got_through(dynamodb.scan, TableName=world.physical("Ledger"))


@attack("administrator uses the key by hand", KEY, "UseThroughServices", "kms:ViaService")
def key_by_hand(world: World) -> bool:
    kms = world.client("kms")
    return got_through(kms.encrypt, KeyId=world.physical(KEY), Plaintext=b"x")


@attack("administrator hands out the key", KEY, "LetTableKeepUsingKey", "kms:ViaService")
def key_handed_out(world: World) -> bool:
    return got_through(
        world.client("kms").create_grant,
        KeyId=world.physical(KEY),
        GranteePrincipal="arn:aws:iam::210987654321:root",
        Operations=["Decrypt"],
    )


@attack(
    "another log is encrypted with the key",
    KEY,
    "EncryptLog",
    "kms:EncryptionContext:aws:logs:arn",
)
def other_log(world: World) -> bool:
    logs, group = world.client("logs"), log_group(world, kmsKeyId=world.physical(KEY))
    logs.create_log_stream(logGroupName=group, logStreamName="x")
    event = {"timestamp": int(time.time() * 1000), "message": "x"}
    return got_through(
        logs.put_log_events, logGroupName=group, logStreamName="x", logEvents=[event]
    )


@attack(
    "alarms of another topic are encrypted with the key",
    KEY,
    "PublishAlarms",
    "kms:EncryptionContext:aws:sns:topicArn",
)
def other_topic(world: World) -> bool:
    alarm(world.session, NEIGHBOUR, topic(world, world.physical(KEY)))
    return decided(world, lambda each: each.action == "kms:GenerateDataKey")


@attack("alarm of another stack is published", TOPIC, "AcceptAlarms", "aws:SourceArn")
def other_alarm(world: World) -> bool:
    alarm(world.session, NEIGHBOUR, world.physical(TOPIC))
    return decided(world, lambda each: each.action == "sns:Publish")


@attack("events of another bucket", "IngestQueue", "AcceptUploadEvents", "aws:SourceArn")
def other_events(world: World) -> bool:
    return announced(world, world.session, bucket(world.root, f"events-{world.new_name()}"))


@attack("access logs of another bucket", LOGS, "AcceptAccessLogs", "aws:SourceArn")
def other_access_logs(world: World) -> bool:
    name = bucket(world.root, f"logged-{world.new_name()}")
    return logged(world, world.session, name, "access-logs/")


@attack("access logs to another place in the bucket", LOGS, "AcceptAccessLogs", "Resource")
def other_place(world: World) -> bool:
    name = world.physical(UPLOADS)
    try:
        return logged(world, world.session, name, "elsewhere/")
    finally:
        target(world, world.session, name, "access-logs/")


@attack(
    "events of a stranger's bucket that has got the upload bucket's name",
    "IngestQueue",
    "AcceptUploadEvents",
    "aws:SourceAccount",
    stack="abandoned",
)
def stranger_s_events(world: World) -> bool:
    return announced(world, stranger(world), world.physical(UPLOADS))


@attack(
    "access logs of a stranger's bucket that has got the upload bucket's name",
    LOGS,
    "AcceptAccessLogs",
    "aws:SourceAccount",
    stack="abandoned",
)
def stranger_s_access_logs(world: World) -> bool:
    return logged(world, stranger(world), world.physical(UPLOADS), "access-logs/")


def stranger(world: World) -> EmulatorSession:
    """Return an administrator of another account, who made a bucket of the upload bucket's name."""
    if "stranger" not in world.sessions:
        session = administrator(world.root.acting_as(STRANGER), "stranger")
        bucket(session, world.physical(UPLOADS))
        world.sessions["stranger"] = session
    return world.sessions["stranger"]


def announced(world: World, owner: boto3.Session, name: str) -> bool:
    """Let a bucket announce its objects to the ingest queue, and put one."""
    s3: Any = owner.client("s3")
    queue = world.root.client("sqs").get_queue_attributes(
        QueueUrl=world.physical("IngestQueue"), AttributeNames=["QueueArn"]
    )["Attributes"]["QueueArn"]
    announce = {"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}
    try:
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"QueueConfigurations": [announce]}
        )
    except ClientError as error:
        # So S3 itself tells that it may not send.
        assert error.response["Error"]["Code"] == "InvalidArgument"
        return False
    s3.put_object(Bucket=name, Key="x", Body=b"")
    return decided(world, lambda each: each.principal == "s3.amazonaws.com")


def logged(world: World, owner: boto3.Session, name: str, prefix: str) -> bool:
    """Let a bucket log its accesses to the stack's log bucket, and put an object."""
    target(world, owner, name, prefix)
    s3: Any = owner.client("s3")
    s3.put_object(Bucket=name, Key="x", Body=b"")
    return decided(world, lambda each: each.principal == "logging.s3.amazonaws.com")


def target(world: World, owner: boto3.Session, name: str, prefix: str) -> None:
    """Set where a bucket's access logs go."""
    enabled = {"TargetBucket": world.physical(LOGS), "TargetPrefix": prefix}
    s3: Any = owner.client("s3")
    s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled})


def decided(world: World, concerns: Callable[[Decision], bool]) -> bool:
    """Wait for decisions that concern somebody, and tell whether the last allowed it."""
    found = world.wait_for_decisions(concerns)
    return found[-1].allowed
