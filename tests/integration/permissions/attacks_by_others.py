"""What strangers, neighbours in the account and AWS services for them must not be able to do."""

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

from generators.announcement import by_rule
from generators.lanes import Lane
from local.emulator import Credentials, EmulatorSession
from local.enforcement.decisions import Decision
from local.enforcement.principals import administrator

from .attack import (
    NEIGHBOUR,
    alarm,
    attack,
    attack_on_lanes,
    bucket,
    exists,
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


@attack_on_lanes("event sent over plain HTTP", "IngestQueue", TLS, "Deny", "IngestQueue")
def event_sent(world: World, lane: Lane) -> bool:
    sqs, url = plain_http(world.session, "sqs"), world.physical(lane.logical_id("IngestQueue"))
    return got_through(sqs.send_message, QueueUrl=url, MessageBody='{"Event": "s3:TestEvent"}')


@attack_on_lanes(
    "parked file read over plain HTTP", "DeadLetterQueue", TLS, "Deny", "DeadLetterQueue"
)
def parked_read(world: World, lane: Lane) -> bool:
    sqs, url = plain_http(world.session, "sqs"), world.physical(lane.logical_id("DeadLetterQueue"))
    return got_through(sqs.receive_message, QueueUrl=url)


@attack("alarm published over plain HTTP", TOPIC, TLS, "Deny", "AlarmTopic")
def published(world: World) -> bool:
    sns = plain_http(world.session, "sns")
    return got_through(sns.publish, TopicArn=world.physical(TOPIC), Message="x")


@attack_on_lanes("receipts read over plain HTTP", "Ledger", TLS, "Deny", "*")
def receipts_read(world: World, lane: Lane) -> bool:
    dynamodb = plain_http(world.session, "dynamodb")
    return got_through(dynamodb.scan, TableName=world.physical(lane.logical_id("Ledger")))


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


@attack_on_lanes(
    "events of another bucket",
    "IngestQueue",
    "AcceptUploadEvents",
    "aws:SourceArn",
    where=lambda lane: not by_rule(lane),
)
def other_events(world: World, lane: Lane) -> bool:
    name = bucket(world.root, f"events-{world.new_name()}")
    return announced(world, lane, world.session, name)


@attack_on_lanes(
    "events of another rule",
    "IngestQueue",
    "AcceptUploadEvents",
    "aws:SourceArn",
    where=by_rule,
)
def other_rule(world: World, lane: Lane) -> bool:
    return sent(world, lane, world.session, f"rule-{world.new_name()}")


@attack_on_lanes(
    "events of a stranger's rule of the same name",
    "IngestQueue",
    "AcceptUploadEvents",
    "aws:SourceArn",
    where=by_rule,
)
def stranger_s_rule(world: World, lane: Lane) -> bool:
    name = world.physical(lane.logical_id("UploadRule"))
    return sent(world, lane, stranger(world), name)


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


@attack_on_lanes(
    "events of a stranger's bucket that has got the upload bucket's name",
    "IngestQueue",
    "AcceptUploadEvents",
    "aws:SourceAccount",
    stack="abandoned",
    where=lambda lane: not by_rule(lane),
)
def stranger_s_events(world: World, lane: Lane) -> bool:
    session = stranger_with_bucket(world)
    return announced(world, lane, session, world.physical(UPLOADS))


@attack(
    "access logs of a stranger's bucket that has got the upload bucket's name",
    LOGS,
    "AcceptAccessLogs",
    "aws:SourceAccount",
    stack="abandoned",
)
def stranger_s_access_logs(world: World) -> bool:
    return logged(world, stranger_with_bucket(world), world.physical(UPLOADS), "access-logs/")


def stranger(world: World) -> EmulatorSession:
    """Return an administrator of another account."""
    if "stranger" not in world.sessions:
        other, name = world.root.acting_as(STRANGER), f"stranger-to-{world.name}"
        world.sessions["stranger"] = administrator(other, name)
    return world.sessions["stranger"]


def stranger_with_bucket(world: World) -> EmulatorSession:
    """Return a stranger who made a bucket of the upload bucket's name."""
    session, name = stranger(world), world.physical(UPLOADS)
    if not exists(session, name):
        bucket(session, name)
    return session


def ingest_queue(world: World, lane: Lane) -> str:
    """Return the ARN of a lane's ingest queue."""
    url = world.physical(lane.logical_id("IngestQueue"))
    found = world.root.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def announced(world: World, lane: Lane, owner: boto3.Session, name: str) -> bool:
    """Let a bucket announce its objects to a lane's ingest queue, and put one."""
    s3: Any = owner.client("s3")
    announce = {"QueueArn": ingest_queue(world, lane), "Events": ["s3:ObjectCreated:*"]}
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


def sent(world: World, lane: Lane, owner: boto3.Session, name: str) -> bool:
    """Let a rule send to a lane's ingest queue, and put an event that it matches."""
    events: Any = owner.client("events")
    source = f"source.of.{name}"
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))
    target = {"Id": "queue", "Arn": ingest_queue(world, lane)}
    assert not events.put_targets(Rule=name, Targets=[target])["FailedEntryCount"]
    events.put_events(Entries=[{"Source": source, "DetailType": "x", "Detail": "{}"}])
    return decided(world, lambda each: each.principal == "events.amazonaws.com")


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
