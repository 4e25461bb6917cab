"""The paths through a stack on which everything that it grants is needed, each by its name."""

import contextlib
import json
import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

import boto3

from generators.cleanup import DELETED_WITH_STACK
from generators.lanes import Lane
from serverlessapp.operations import metrics

from ..answers import deletion, listening
from .attack import bucket, exists, of_lane
from .world import World

Walk = Callable[[World], None]


class WalkOfLane(Protocol):
    """Goes through a lane."""

    def __call__(self, world: World, lane: Lane) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Path:
    """A way through the stack.

    Attributes:
        name: In a lane other than the first, with the lane's.
        walk: Goes it.
        lane: Name of the lane that it leads through, if it is one.
    """

    name: str
    walk: Walk
    lane: str = ""


ENTERED: list[Callable[[Sequence[Lane]], Iterator[Path]]] = []


def paths_of(lanes: Sequence[Lane]) -> dict[str, Path]:
    """Return the paths through a stack with these lanes by name, in the order of the run."""
    return {path.name: path for paths in ENTERED for path in paths(lanes)}


def path(name: str) -> Callable[[Walk], Walk]:
    """Enter a function as a path; the order in this file is the order of the run."""

    def enter(walk: Walk) -> Walk:
        ENTERED.append(lambda _: iter([Path(name=name, walk=walk)]))
        return walk

    return enter


def path_of_lanes(
    name: str, where: Callable[[Lane], bool] = lambda _: True
) -> Callable[[WalkOfLane], WalkOfLane]:
    """Enter a function as a path through each lane for which ``where`` holds."""

    def enter(walk: WalkOfLane) -> WalkOfLane:
        def paths(lanes: Sequence[Lane]) -> Iterator[Path]:
            for lane in filter(where, lanes):
                yield Path(name=of_lane(lane, name), walk=partial(walk, lane=lane), lane=lane.name)

        ENTERED.append(paths)
        return walk

    return enter


def new_file(world: World, lane: Lane, sample: pathlib.Path | None = None) -> tuple[str, bytes]:
    """Return the name, which nobody has used, and the content of a file that a lane takes.

    Args:
        world: The stack.
        lane: Whose file.
        sample: One of the lane's; the first, if there is none.
    """
    sample, folder = sample or lane.processor.samples[0], lane.processor.folder / "samples"
    place = lane.processor.uploads.folder + world.new_name().removesuffix(".txt")
    return f"{place}/{sample.relative_to(folder).as_posix()}", sample.read_bytes()


def process(world: World, lane: Lane, name: str, content: bytes) -> str:
    """Upload a file, wait until it is done and logged in each lane, and return its version."""
    version, here = world.upload(name, content), world.of(lane)
    key = world.outputs["UploadPrefix"] + name
    world.wait(f"an entry of {key}", lambda: here.receipts().get(name))
    wait_for_takers(world, name, version)
    return version


def wait_for_takers(world: World, name: str, version: str) -> None:
    """Wait until each lane that takes a file says what became of it, and nothing waits."""
    key = world.outputs["UploadPrefix"] + name
    for lane in world.lanes:
        if lane.processor.uploads.take(name):
            world.wait(
                f"a log of {key} by {lane.name}",
                lambda: outcomes(world, lane, key, version),  # noqa: B023
            )
    world.wait("empty queues", lambda: not world.waiting())
    world.settle_dead_letters()  # another lane may not take such content


def outcomes(world: World, lane: Lane, key: str, version: str) -> list[str]:
    """Return what a lane's log says of a version."""
    lines = metrics.log_lines(world.client("logs"), world.of(lane).outputs["LogGroupName"])
    wanted = [line for line in lines if (line.get("key"), line.get("version_id")) == (key, version)]
    return [str(line["message"]) for line in wanted]


@path_of_lanes("file")
def file(world: World, lane: Lane) -> None:
    for sample in lane.processor.samples:
        process(world, lane, *new_file(world, lane, sample))


@path_of_lanes("file that starts the function")
def first_file(world: World, lane: Lane) -> None:
    world.restart(lane.logical_id("FileProcessor"))
    process(world, lane, *new_file(world, lane))


@path_of_lanes(
    "two files of each suffix", where=lambda lane: len(lane.processor.uploads.suffixes) > 1
)
def suffixes(world: World, lane: Lane) -> None:
    """Of a suffix without a sample, the content is another's, so it may be parked once read."""
    uploaded = []
    for suffix in 2 * lane.processor.uploads.suffixes:
        name, content = new_file(world, lane)
        uploaded.append((name + suffix, world.upload(name + suffix, content)))
    for name, version in uploaded:
        wait_for_takers(world, name, version)


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


@path_of_lanes("newer version, then the older event and the same event again")
def out_of_order(world: World, lane: Lane) -> None:
    name, content = new_file(world, lane)
    older, newer = (process(world, lane, name, content) for _ in range(2))
    key, sqs = world.outputs["UploadPrefix"] + name, world.client("sqs")
    for version, outcome in ((older, "superseded"), (newer, "duplicate")):
        sqs.send_message(
            QueueUrl=world.of(lane).outputs["IngestQueueUrl"],
            MessageBody=json.dumps(announcement(world, lane, key, version)),
        )
        world.wait(outcome, lambda: outcome in outcomes(world, lane, key, version))  # noqa: B023


def announcement(world: World, lane: Lane, key: str, version: str) -> dict[str, Any]:
    """Return the event of a file: that in the ledger, or one before it."""
    table = world.of(lane).outputs["LedgerTableName"]
    entries = world.client("dynamodb").scan(TableName=table)["Items"]
    (entry,) = (each for each in entries if each["object_key"]["S"] == key)
    sequencer, size = entry["sequencer"]["S"], int(entry["size"]["N"])
    if entry["version_id"]["S"] != version:
        sequencer = "0" * len(sequencer)
    item = {"key": quote(key), "versionId": version, "size": size, "eTag": "x"}
    bucket = {"name": world.outputs["UploadBucketName"]}
    about = {"bucket": bucket, "object": {**item, "sequencer": sequencer}}
    return {"Records": [{"eventTime": "2026-01-01T00:00:00Z", "s3": about}]}


@path_of_lanes("file that cannot be processed", where=lambda lane: lane.is_first)
def damaged(world: World, lane: Lane) -> None:
    """Only receipts compares what an uploader declared."""
    name, content = new_file(world, lane)
    world.upload(name, content, sha256="0" * 64)
    settle_parked(world, lane)


@path_of_lanes("message that cannot be processed")
def unreadable(world: World, lane: Lane) -> None:
    """No event of S3: whatever the processor, nothing can be done with it."""
    url = world.of(lane).outputs["IngestQueueUrl"]
    world.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    settle_parked(world, lane)


@path_of_lanes("version that is gone")
def gone(world: World, lane: Lane) -> None:
    name, content = new_file(world, lane)
    with world.of(lane).paused():
        version = world.upload(name, content)
        key = world.outputs["UploadPrefix"] + name
        world.client("s3").delete_object(
            Bucket=world.outputs["UploadBucketName"], Key=key, VersionId=version
        )
    settle_parked(world, lane)


@path_of_lanes("secret that is gone, so three failed receives")
def failed_receives(world: World, lane: Lane) -> None:
    secrets, arn = world.client("secretsmanager"), world.outputs["SecretArn"]
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    try:
        world.restart(lane.logical_id("FileProcessor"))
        name, content = new_file(world, lane)
        world.upload(name, content)
        world.wait("a parked file", world.of(lane).parked)
    finally:
        secrets.restore_secret(SecretId=arn)
    settle_parked(world, lane)


def settle_parked(world: World, lane: Lane) -> None:
    """Wait until a lane has parked something, and others have done with it, too."""
    world.wait(f"what {lane.name} parks", world.of(lane).parked)
    world.wait("empty queues", lambda: not world.waiting())
    world.settle_dead_letters()


@path_of_lanes("rotated secret")
def rotated(world: World, lane: Lane) -> None:
    arn, value = world.outputs["SecretArn"], json.dumps({"username": "admin", "password": "new"})
    secrets = world.client("secretsmanager")
    version = secrets.put_secret_value(SecretId=arn, SecretString=value)["VersionId"]
    world.restart(lane.logical_id("FileProcessor"))
    name, content = new_file(world, lane)
    process(world, lane, name, content)
    assert world.of(lane).receipts()[name].secret_version == version


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


@path("administrator gives secret and table their key again")
def keys_again(world: World) -> None:
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
