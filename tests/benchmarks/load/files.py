"""The files that make the load, and their way into the bucket."""

import io
import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

from rich.console import Console
from rich.progress import track

from tests.integration.conftest import Deployment

SMALL_BYTES = (1, 20_000)
SEED = 4711
UPLOADERS = 4


def plan(small: int, large: int, large_bytes: int) -> dict[str, int]:
    """Return the size of each file by its name, large ones spread among the small."""
    chance = random.Random(SEED)  # noqa: S311
    sizes = {f"small/{number:06}.bin": chance.randint(*SMALL_BYTES) for number in range(small)}
    sizes |= {f"large/{number:03}.bin": large_bytes for number in range(large)}
    names = list(sizes)
    chance.shuffle(names)
    return {name: sizes[name] for name in names}


def upload(console: Console, stack: Deployment, files: Mapping[str, int]) -> None:
    """Upload every file, several at a time, large ones in parts."""
    s3, bucket = stack.client("s3"), stack.outputs["UploadBucketName"]

    def send(name: str) -> None:
        content = io.BytesIO(random.Random(name).randbytes(files[name]))  # noqa: S311
        s3.upload_fileobj(content, bucket, stack.outputs["UploadPrefix"] + name)

    with ThreadPoolExecutor(UPLOADERS) as pool:
        running = [pool.submit(send, name) for name in files]
        for sent in track(
            as_completed(running),
            "uploading",
            total=len(running),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        ):
            sent.result()
