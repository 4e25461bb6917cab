"""A processor: makes a small JPEG of every uploaded image.

The thumbnail of ``uploads/cat.png`` is ``results/uploads/cat.png/<version>.jpg``; the ledger
names it. Its key and its bytes follow from the image's version alone. So a redelivery writes
the same again, and an older version that arrives late cannot replace a newer one's.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import threading
from contextlib import suppress
from typing import IO

from index import ConfigurationError, Context, File, PermanentError
from PIL import Image, ImageFile, ImageOps

RESULTS = "results/"
SIDE = 256  # pixels
FORMATS = ("GIF", "JPEG", "PNG", "WEBP")  # what is not decoded cannot be attacked

MAX_BYTES = 50_000_000  # 10 files wait in /tmp at once, which has 512 MB
# Measured with Pillow 13.0.0: WebP takes most, 16 bytes; the runtime itself, 60 MB. Images are
# shrunk one at a time, so FunctionMemory=256 takes 8 megapixels and 512 takes 24.
BYTES_PER_PIXEL = 16
KEPT_MB = 128
KEY_BYTES = 1024  # Amazon S3 User Guide, "Naming Amazon S3 objects"

decoding = threading.Lock()


def make(file: File, context: Context) -> dict[str, object]:
    """Write the image's thumbnail and return its key and size in pixels.

    Raises:
        ConfigurationError: The stack's UploadPrefix covers what this processor writes.
        PermanentError: It is not an image, damaged or too large.
    """
    key = result_key(file)
    if file.size > MAX_BYTES:
        raise PermanentError(f"{file.size} bytes; images may have {MAX_BYTES}")
    with tempfile.TemporaryFile() as copy:
        with context.open() as download:
            shutil.copyfileobj(download, copy)
        copy.seek(0)
        with decoding:
            content, (width, height) = shrink(copy)
    context.s3.put_object(Bucket=file.bucket, Key=key, Body=content, ContentType="image/jpeg")
    return {"thumbnail": key, "width": width, "height": height}


def result_key(file: File) -> str:
    """Return the key of a file's thumbnail.

    Only uploads below the stack's UploadPrefix start this function. If a result could, its
    own key would begin with that prefix and with ``results/``; then so would the uploads'.
    Refusing those is therefore enough to make a loop impossible.

    Raises:
        ConfigurationError: The upload lies where results belong.
        PermanentError: The key would be too long for S3.
    """
    if file.key.startswith(RESULTS):
        raise ConfigurationError(
            f"{file.key}: thumbnails are written to {RESULTS} and would be processed again; "
            "give the stack another UploadPrefix"
        )
    key = f"{RESULTS}{file.key}/{file.version_id}.jpg"
    if len(key.encode()) > KEY_BYTES:
        raise PermanentError(f"the thumbnail's key would have more than {KEY_BYTES} bytes")
    return key


def shrink(source: IO[bytes]) -> tuple[bytes, tuple[int, int]]:
    """Return a JPEG that fits into a square of ``SIDE``, and its width and height.

    Raises:
        PermanentError: It is not an image, damaged or too large.
    """
    try:
        with opened(source) as image:
            width, height = image.size  # from the header; nothing is decoded yet
            if width * height > max_pixels():
                raise PermanentError(
                    f"{width} x {height} pixels; the function's memory is for {max_pixels()}"
                )
            small = flatten(fit(image))
    except (PermanentError, MemoryError):
        raise
    except Exception as error:  # Pillow's decoders raise whatever the damage leads to
        raise PermanentError(f"not an image that can be read: {error}") from error
    target = io.BytesIO()
    small.save(target, "JPEG", quality=85)
    return target.getvalue(), small.size


def opened(source: IO[bytes]) -> Image.Image:
    """Open an image; damage in its metadata, or a megabyte of it, is no reason to refuse it.

    Only the metadata is read here; Pillow's switch would also take pixels that are missing.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = True  # for all threads, of which one decodes
    try:
        return Image.open(source, formats=FORMATS)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def max_pixels() -> int:
    """Return how many pixels an image may have; more could end the function for lack of memory."""
    memory = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"))  # MB, set by Lambda
    return max(0, memory - KEPT_MB) * 1_000_000 // BYTES_PER_PIXEL


def fit(image: Image.Image) -> Image.Image:
    """Return the image within the square, turned the way the camera was held."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode in ("1", "P") or (image.has_transparency_data and image.mode != "RGBA"):
        image = image.convert("RGBA")
    image.thumbnail((SIDE, SIDE))
    with suppress(Exception):  # metadata may be damaged, and is not what counts
        ImageOps.exif_transpose(image, in_place=True)  # turns first, then writes metadata anew
    return image


def flatten(image: Image.Image) -> Image.Image:
    """Return the image in colour, on white where it is transparent; JPEG is opaque."""
    if image.mode == "RGBA":
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        image = paper
    image = image.convert("RGB")
    image.info.clear()  # the original's comment, which JPEG may have no room for
    return image
