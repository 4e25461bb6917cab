"""The paths through a stack on which all that it grants is needed, by name: those of each lane."""

import json
import pathlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

from generators.lanes import Lane
from serverlessapp.operations import metrics

from .attack import of_lane
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
    """Enter a function as a path; the order in these files is the order of the run."""

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
    put = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
    return {"Records": [{**put, "eventTime": "2026-01-01T00:00:00Z", "s3": about}]}


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
