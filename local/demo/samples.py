"""Files to try the stack with: every processor's samples; for receipts, more and stranger ones."""

import base64
import hashlib
import json
import random
from dataclasses import dataclass, field

from serverlessapp.processors.definition import FIRST, Processor
from serverlessapp.processors.uploads import Uploads

LARGE_BYTES = 20_000_000
DAMAGED_KEY = "damaged-in-transit.csv"
PNG = base64.b64decode(  # a pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)


@dataclass(frozen=True, kw_only=True)
class SampleFile:
    """A file to upload. ``media_type`` is what a receipt should say; empty without receipt."""

    name: str
    content: bytes = field(repr=False)
    media_type: str = ""
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def of(processor: Processor) -> list[SampleFile]:
    """Return files that a processor processes well, below the folder that it takes them from."""
    if processor.name == FIRST and processor.uploads == Uploads(source=processor.uploads.source):
        return processed()
    return [
        SampleFile(name=processor.upload_name(path), content=path.read_bytes())
        for path in processor.samples
    ]


def processed() -> list[SampleFile]:
    """Return the files that should each get a receipt."""
    order = {"order": 4711, "lines": [{"item": "bolt M6", "pieces": 250}], "paid": True}
    report = "".join(f"{hour:02d}:00 line {hour % 3 + 1} 21.{hour} °C\n" for hour in range(24))
    declared = b"Invoice 2026-118, 1 204.50 EUR\n"
    return [
        SampleFile(name="readings.txt", content=report.encode(), media_type="text/plain"),
        SampleFile(
            name="orders/4711.json",
            content=json.dumps(order).encode(),
            media_type="application/json",
        ),
        SampleFile(name="site-plan.png", content=PNG, media_type="image/png"),
        SampleFile(
            name="measurements.bin",
            content=random.Random(20_260_101).randbytes(LARGE_BYTES),
            media_type="application/octet-stream",
        ),
        SampleFile(
            name="Zürich + Ærø/Preis 100% & Mengen (neu).txt",
            content="größer als nötig".encode(),
            media_type="text/plain",
        ),
        SampleFile(
            name="invoice.txt",
            content=declared,
            media_type="text/plain",
            metadata={"sha256": hashlib.sha256(declared).hexdigest()},
        ),
        SampleFile(name="nothing-in-it.txt", content=b"", media_type="text/plain"),
    ]


def skipped() -> SampleFile:
    """Return what the console makes when somebody creates a folder."""
    return SampleFile(name="empty folder/", content=b"")


def damaged() -> SampleFile:
    """Return a file that differs from what its sender says it sent."""
    sent, arrived = b"1;2;3\n4;5;6\n", b"1;2;3\n4;5;"
    return SampleFile(
        name=DAMAGED_KEY, content=arrived, metadata={"sha256": hashlib.sha256(sent).hexdigest()}
    )
