"""What the functions must not be able to do, whoever got hold of their credentials."""

from .attack import attack, bucket, got_through, log_group, secret, stored, table
from .world import World

PROCESSOR, EMPTIER = "FileProcessorRole", "BucketEmptierRole"


@attack("processor reads an object outside the prefix", PROCESSOR, "ReadUploads", "Resource")
def other_prefix(world: World) -> bool:
    version = stored(world.root, world.physical("UploadBucket"), "private/x")
    return got_through(world.acting_as(PROCESSOR).client("s3").get_object, **version)


@attack("processor lists another bucket", PROCESSOR, "SeeWhatIsGone", "Resource")
def others_names(world: World) -> bool:
    name = bucket(world.root, f"seen-{world.new_name()}")
    return got_through(world.acting_as(PROCESSOR).client("s3").list_objects_v2, Bucket=name)


@attack("processor reads another secret", PROCESSOR, "ReadSecret", "Resource")
def other_secret(world: World) -> bool:
    secrets = world.acting_as(PROCESSOR).client("secretsmanager")
    return got_through(secrets.get_secret_value, SecretId=secret(world))


@attack("processor writes to another table", PROCESSOR, "WriteLedger", "Resource")
def other_table(world: World) -> bool:
    dynamodb, item = world.acting_as(PROCESSOR).client("dynamodb"), {"object_key": {"S": "x"}}
    return got_through(dynamodb.put_item, TableName=table(world), Item=item)


@attack("processor takes from the dead-letter queue", PROCESSOR, "ConsumeEvents", "Resource")
def other_queue(world: World) -> bool:
    sqs = world.acting_as(PROCESSOR).client("sqs")
    return got_through(sqs.receive_message, QueueUrl=world.physical("DeadLetterQueue"))


@attack("processor starts itself by a message", PROCESSOR, "ParkEvents", "Resource")
def own_events(world: World) -> bool:
    sqs, url = world.acting_as(PROCESSOR).client("sqs"), world.physical("IngestQueue")
    return got_through(sqs.send_message, QueueUrl=url, MessageBody='{"Event": "s3:TestEvent"}')


@attack("processor writes to another log", PROCESSOR, "WriteLog", "Resource")
def other_log(world: World) -> bool:
    logs = world.acting_as(PROCESSOR).client("logs")
    return got_through(logs.create_log_stream, logGroupName=log_group(world), logStreamName="x")


@attack(
    "processor starts itself by a file",
    PROCESSOR,
    "ReadUploads",
    "Action",
    "s3:PutObject",
    stack="keyless",  # the key would stop it, too
)
def own_uploads(world: World) -> bool:
    s3, name = world.acting_as(PROCESSOR).client("s3"), world.physical("UploadBucket")
    return got_through(s3.put_object, Bucket=name, Key="elsewhere/x", Body=b"")


@attack("processor reads the ledger", PROCESSOR, "WriteLedger", "Action", "dynamodb:GetItem")
def reads_ledger(world: World) -> bool:
    dynamodb, key = world.acting_as(PROCESSOR).client("dynamodb"), {"object_key": {"S": "x"}}
    return got_through(dynamodb.get_item, TableName=world.physical("Ledger"), Key=key)


@attack(
    "processor changes the secret",
    PROCESSOR,
    "ReadSecret",
    "Action",
    "secretsmanager:UpdateSecretVersionStage",
)
def changes_secret(world: World) -> bool:
    secrets, arn = world.acting_as(PROCESSOR).client("secretsmanager"), world.outputs["SecretArn"]
    current = world.root.client("secretsmanager").get_secret_value(SecretId=arn)["VersionId"]
    return got_through(
        secrets.update_secret_version_stage,
        SecretId=arn,
        VersionStage="AWSPENDING",
        MoveToVersionId=current,
    )


@attack("processor decrypts with another key", PROCESSOR, "DecryptThroughServices", "Resource")
def other_key(world: World) -> bool:
    key = world.root.client("kms").create_key()["KeyMetadata"]["Arn"]
    place = {
        "Bucket": world.physical("UploadBucket"),
        "Key": world.outputs["UploadPrefix"] + world.new_name(),
    }
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}
    made = world.root.client("s3").put_object(**place, Body=b"x", **sealed)
    s3 = world.acting_as(PROCESSOR).client("s3")
    return got_through(s3.get_object, **place, VersionId=made["VersionId"])


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
    logs, group = world.acting_as(EMPTIER).client("logs"), world.physical("FileProcessorLogs")
    stream = world.new_name()
    return got_through(logs.create_log_stream, logGroupName=group, logStreamName=stream)


@attack("administrator becomes the processor", PROCESSOR, "Trust", "Principal")
def becomes_processor(world: World) -> bool:
    return assumed(world, PROCESSOR)


@attack("administrator becomes the emptier", EMPTIER, "Trust", "Principal")
def becomes_emptier(world: World) -> bool:
    return assumed(world, EMPTIER)


def assumed(world: World, title: str) -> bool:
    """Try to assume a role."""
    arn = world.root.client("iam").get_role(RoleName=world.physical(title))["Role"]["Arn"]
    sts = world.client("sts")
    return got_through(sts.assume_role, RoleArn=arn, RoleSessionName="attacker")
