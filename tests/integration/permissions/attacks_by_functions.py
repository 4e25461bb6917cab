"""What the functions must not be able to do, whoever got hold of their credentials."""

from generators.lanes import Lane
from local.emulator import EmulatorSession

from .attack import (
    PROCESSOR,
    attack,
    attack_between_lanes,
    attack_on_lanes,
    bucket,
    got_through,
    log_group,
    secret,
    stored,
    table,
)
from .paths import new_file
from .world import World

EMPTIER = "BucketEmptierRole"
TEST_EVENT = '{"Event": "s3:TestEvent"}'


@attack_on_lanes(
    "processor reads an object outside the prefix", PROCESSOR, "ReadUploads", "Resource"
)
def other_prefix(world: World, lane: Lane) -> bool:
    version = stored(world.root, world.outputs["UploadBucketName"], "private/x")
    return got_through(acting_as(world, lane).client("s3").get_object, **version)


@attack_on_lanes("processor lists another bucket", PROCESSOR, "SeeWhatIsGone", "Resource")
def others_names(world: World, lane: Lane) -> bool:
    name = bucket(world.root, f"seen-{world.new_name()}")
    return got_through(acting_as(world, lane).client("s3").list_objects_v2, Bucket=name)


@attack_on_lanes("processor reads another secret", PROCESSOR, "ReadSecret", "Resource")
def other_secret(world: World, lane: Lane) -> bool:
    secrets = acting_as(world, lane).client("secretsmanager")
    return got_through(secrets.get_secret_value, SecretId=secret(world))


@attack_on_lanes("processor writes to another table", PROCESSOR, "WriteLedger", "Resource")
def other_table(world: World, lane: Lane) -> bool:
    dynamodb, item = acting_as(world, lane).client("dynamodb"), {"object_key": {"S": "x"}}
    return got_through(dynamodb.put_item, TableName=table(world), Item=item)


@attack_on_lanes(
    "processor takes from the dead-letter queue", PROCESSOR, "ConsumeEvents", "Resource"
)
def other_queue(world: World, lane: Lane) -> bool:
    sqs = acting_as(world, lane).client("sqs")
    return got_through(
        sqs.receive_message, QueueUrl=world.physical(lane.logical_id("DeadLetterQueue"))
    )


@attack_on_lanes("processor starts itself by a message", PROCESSOR, "ParkEvents", "Resource")
def own_events(world: World, lane: Lane) -> bool:
    sqs, url = acting_as(world, lane).client("sqs"), world.physical(lane.logical_id("IngestQueue"))
    return got_through(sqs.send_message, QueueUrl=url, MessageBody=TEST_EVENT)


@attack_on_lanes("processor writes to another log", PROCESSOR, "WriteLog", "Resource")
def other_log(world: World, lane: Lane) -> bool:
    logs = acting_as(world, lane).client("logs")
    return got_through(logs.create_log_stream, logGroupName=log_group(world), logStreamName="x")


@attack_on_lanes(
    "processor starts itself by a file",
    PROCESSOR,
    "ReadUploads",
    "Action",
    "s3:PutObject",
    stack="keyless",  # the key would stop it, too
)
def own_uploads(world: World, lane: Lane) -> bool:
    return beside_results(world, lane)


@attack_on_lanes(
    "processor reads the ledger", PROCESSOR, "WriteLedger", "Action", "dynamodb:GetItem"
)
def reads_ledger(world: World, lane: Lane) -> bool:
    dynamodb, key = acting_as(world, lane).client("dynamodb"), {"object_key": {"S": "x"}}
    return got_through(
        dynamodb.get_item, TableName=world.physical(lane.logical_id("Ledger")), Key=key
    )


@attack_on_lanes(
    "processor changes the secret",
    PROCESSOR,
    "ReadSecret",
    "Action",
    "secretsmanager:UpdateSecretVersionStage",
)
def changes_secret(world: World, lane: Lane) -> bool:
    secrets, arn = acting_as(world, lane).client("secretsmanager"), world.outputs["SecretArn"]
    current = world.root.client("secretsmanager").get_secret_value(SecretId=arn)["VersionId"]
    return got_through(
        secrets.update_secret_version_stage,
        SecretId=arn,
        VersionStage="AWSPENDING",
        MoveToVersionId=current,
    )


@attack_on_lanes(
    "processor decrypts with another key", PROCESSOR, "DecryptThroughServices", "Resource"
)
def other_key(world: World, lane: Lane) -> bool:
    key = world.root.client("kms").create_key()["KeyMetadata"]["Arn"]
    place = {
        "Bucket": world.outputs["UploadBucketName"],
        "Key": world.outputs["UploadPrefix"] + new_file(world, lane)[0],
    }
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    made = world.root.client("s3").put_object(**place, Body=b"x", **sealed)
    s3 = acting_as(world, lane).client("s3")
    return got_through(s3.get_object, **place, VersionId=made["VersionId"])


def untaken(lane: Lane, other: Lane) -> str:
    """Return the name of a file that another lane takes and this one does not, if there can be."""
    name = other.processor.upload_name(other.processor.samples[0])
    return "" if lane.processor.uploads.take(name) else name


@attack_between_lanes(
    "processor reads a file of {}",
    "ReadUploads",
    where=lambda lane, other: bool(untaken(lane, other)),
)
def file_of_other(world: World, lane: Lane, other: Lane) -> bool:
    key = world.outputs["UploadPrefix"] + untaken(lane, other)
    version = stored(world.root, world.outputs["UploadBucketName"], key)
    return got_through(acting_as(world, lane).client("s3").get_object, **version)


@attack_between_lanes("processor writes to the ledger of {}", "WriteLedger")
def ledger_of_other(world: World, lane: Lane, other: Lane) -> bool:
    dynamodb, item = acting_as(world, lane).client("dynamodb"), {"object_key": {"S": "x"}}
    name = world.physical(other.logical_id("Ledger"))
    written = got_through(dynamodb.put_item, TableName=name, Item=item)
    world.root.client("dynamodb").delete_item(TableName=name, Key=item)  # paths read what is there
    return written


@attack_between_lanes("processor takes the events of {}", "ConsumeEvents")
def events_of_other(world: World, lane: Lane, other: Lane) -> bool:
    sqs, title = acting_as(world, lane).client("sqs"), other.logical_id("IngestQueue")
    return got_through(sqs.receive_message, QueueUrl=world.physical(title))


@attack_between_lanes("processor takes from the dead-letter queue of {}", "ConsumeEvents")
def parked_by_other(world: World, lane: Lane, other: Lane) -> bool:
    sqs, title = acting_as(world, lane).client("sqs"), other.logical_id("DeadLetterQueue")
    return got_through(sqs.receive_message, QueueUrl=world.physical(title))


@attack_between_lanes("processor starts {} by a message", "ParkEvents")
def message_to_other(world: World, lane: Lane, other: Lane) -> bool:
    sqs, url = acting_as(world, lane).client("sqs"), world.physical(other.logical_id("IngestQueue"))
    return got_through(sqs.send_message, QueueUrl=url, MessageBody=TEST_EVENT)


@attack_between_lanes("processor parks a message with {}", "ParkEvents")
def parked_with_other(world: World, lane: Lane, other: Lane) -> bool:
    sqs = acting_as(world, lane).client("sqs")
    url = world.physical(other.logical_id("DeadLetterQueue"))
    return got_through(sqs.send_message, QueueUrl=url, MessageBody=TEST_EVENT)


@attack_between_lanes("processor writes to the log of {}", "WriteLog")
def log_of_other(world: World, lane: Lane, other: Lane) -> bool:
    logs, group = acting_as(world, lane).client("logs"), other.logical_id("FileProcessorLogs")
    name, stream = world.physical(group), world.new_name()
    return got_through(logs.create_log_stream, logGroupName=name, logStreamName=stream)


@attack("emptier lists another bucket", EMPTIER, "DeleteBuckets", "Resource")
def other_bucket(world: World) -> bool:
    s3 = world.acting_as(EMPTIER).client("s3")
    name = bucket(world.root, f"listed-{world.new_name()}")
    return got_through(s3.list_object_versions, Bucket=name)


@attack("emptier deletes in another bucket", EMPTIER, "DeleteContents", "Resource")
def other_object(world: World) -> bool:
    s3 = world.acting_as(EMPTIER).client("s3")
    name = bucket(world.root, f"emptied-{world.new_name()}")
    return got_through(s3.delete_object, **stored(world.root, name, "x"))


@attack("emptier writes to the processor's log", EMPTIER, "WriteLog", "Resource")
def foreign_log(world: World) -> bool:
    logs, group = world.acting_as(EMPTIER).client("logs"), "FileProcessorLogs"
    name, stream = world.physical(world.lanes[0].logical_id(group)), world.new_name()
    return got_through(logs.create_log_stream, logGroupName=name, logStreamName=stream)


@attack_on_lanes("administrator becomes the processor", PROCESSOR, "Trust", "Principal")
def becomes_processor(world: World, lane: Lane) -> bool:
    return assumed(world, lane.logical_id(PROCESSOR))


@attack("administrator becomes the emptier", EMPTIER, "Trust", "Principal")
def becomes_emptier(world: World) -> bool:
    return assumed(world, EMPTIER)


def acting_as(world: World, lane: Lane) -> EmulatorSession:
    """Return a session of the role of a lane's function."""
    return world.acting_as(lane.logical_id(PROCESSOR))


def beside_results(world: World, lane: Lane) -> bool:
    """Try to write where a processor of one's own may not; ``proof`` enters it where one may."""
    s3, name = acting_as(world, lane).client("s3"), world.outputs["UploadBucketName"]
    return got_through(s3.put_object, Bucket=name, Key="elsewhere/x", Body=b"")


def assumed(world: World, title: str) -> bool:
    """Try to assume a role."""
    arn = world.root.client("iam").get_role(RoleName=world.physical(title))["Role"]["Arn"]
    sts = world.client("sts")
    return got_through(sts.assume_role, RoleArn=arn, RoleSessionName="attacker")
