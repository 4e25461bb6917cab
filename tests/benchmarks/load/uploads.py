"""The files that make the load, and their way into the bucket."""

import io
import random
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local.emulator import EmulatorSession

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

MEGABYTE = 1_000_000
SMALL_BYTES = (1, 20_000)
SEED = 4711
UPLOADERS = 4
WARM_UP_SECONDS = 30.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A file in the bucket, and when it was there, in seconds since 1970."""

    key: str
    size: int
    at: float


def plan(small: int, large: int, large_bytes: int) -> dict[str, int]:
    """Return the size of each file by its name, large ones spread among the small."""
    chance = random.Random(SEED)  # noqa: S311
    sizes = {f"small/{number:06}.bin": chance.randint(*SMALL_BYTES) for number in range(small)}
    sizes |= {f"large/{number:03}.bin": large_bytes for number in range(large)}
    names = list(sizes)
    chance.shuffle(names)
    return {name: sizes[name] for name in names}


def send(
    console: Console, session: EmulatorSession, stack: dict[str, str], files: dict[str, int]
) -> list[Sent]:
    """Upload every file, several at a time, and return when each was in the bucket."""
    s3 = session.client("s3")
    with (
        Progress(
            TextColumn("uploading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        ) as progress,
        ThreadPoolExecutor(UPLOADERS) as pool,
    ):
        task = progress.add_task("", total=len(files))
        running = [pool.submit(upload, s3, stack, *file) for file in files.items()]
        for done in as_completed(running):
            done.result()
            progress.advance(task)
    return [future.result() for future in running]


def upload(s3: "S3Client", stack: dict[str, str], name: str, size: int) -> Sent:
    """Upload one file; the transfer manager does it in parts where it is large."""
    key = stack["UploadPrefix"] + name
    content = random.Random(name).randbytes(size)  # noqa: S311
    s3.upload_fileobj(io.BytesIO(content), stack["UploadBucketName"], key)
    return Sent(key=key, size=size, at=time.time())


def warm_up(session: EmulatorSession, stack: dict[str, str]) -> None:
    """Process one file and take it out again, so that the function runs.

    Raises:
        TimeoutError: It was not processed.
    """
    sent = upload(session.client("s3"), stack, "warm-up", 1)
    dynamodb = session.client("dynamodb")
    row = {"TableName": stack["LedgerTableName"], "Key": {"object_key": {"S": sent.key}}}
    deadline = time.monotonic() + WARM_UP_SECONDS
    while "Item" not in dynamodb.get_item(**row, ConsistentRead=True):
        if time.monotonic() > deadline:
            raise TimeoutError("the function does not process the first file")
        time.sleep(POLL_SECONDS)
    dynamodb.delete_item(**row)
