"""The thumbnails processor, loaded as Lambda does, with an S3 made of dictionaries."""

import importlib.util
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from tests.lambda_code import loaded

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/thumbnails"


@pytest.fixture(scope="session")
def index() -> Iterator[ModuleType]:
    with loaded("file_processor") as module:
        yield module


@pytest.fixture(scope="session")
def thumbnails(index: ModuleType) -> ModuleType:
    spec = importlib.util.spec_from_file_location("thumbnails", EXAMPLE / "thumbnails.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Bucket:
    """An S3 client with one bucket, whose only upload is ``content``."""

    content: bytes
    written: dict[str, bytes] = field(default_factory=dict)

    def get_object(self, **_: str) -> dict[str, Any]:
        body = io.BytesIO(self.content)
        return {"ContentLength": len(self.content), "Body": body, "Metadata": {}}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:  # noqa: N803
        assert (Bucket, ContentType) == ("uploads", "image/jpeg")
        self.written[Key] = Body


@dataclass
class Upload:
    """One uploaded file, and what became of it."""

    bucket: Bucket
    receipt: dict[str, object]

    @property
    def thumbnail(self) -> Image.Image:
        (content,) = self.bucket.written.values()
        return Image.open(io.BytesIO(content))


@pytest.fixture
def process(index: ModuleType, thumbnails: ModuleType) -> Callable[..., Upload]:
    """Return a function that uploads content and lets the processor have it."""

    def run(
        content: bytes, key: str = "uploads/a.png", version: str = "v1", size: int | None = None
    ) -> Upload:
        file = index.File(
            bucket="uploads",
            key=key,
            version_id=version,
            size=len(content) if size is None else size,
            etag="e",
            sequencer="00",
            event_time="2026-01-01T00:00:00Z",
        )
        bucket = Bucket(content)
        unused: dict[str, Any] = dict.fromkeys(("log", "metric", "secret", "remaining_ms"))
        return Upload(bucket, thumbnails.make(file, index.Context(file=file, s3=bucket, **unused)))

    return run
