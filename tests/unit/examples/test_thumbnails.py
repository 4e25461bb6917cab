"""Thumbnails of real images in several formats, and what is refused."""

import io
import re
import struct
from importlib.metadata import version
from types import ModuleType
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.unit.examples.images import chunk, png

from .conftest import EXAMPLE, Upload

RED, CLEAR_RED, WHITE = (255, 0, 0), (255, 0, 0, 0), (255, 255, 255)


def image(mode: str, size: tuple[int, int], color: Any, kind: str = "PNG", **save: Any) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, color).save(target, kind, **save)
    return target.getvalue()


def close(pixel: Any, expected: tuple[int, int, int]) -> bool:
    return all(abs(actual - wanted) < 8 for actual, wanted in zip(pixel, expected))


def header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds almost nothing: a decompression bomb."""
    claimed = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", claimed)
    return start + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_tried_with_the_version_that_is_shipped() -> None:
    lines = (EXAMPLE / "requirements.txt").read_text().splitlines()
    assert f"pillow=={version('pillow')}" in lines


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_formats(process: Any, kind: str) -> None:
    done: Upload = process(image("RGB", (512, 128), RED, kind))
    assert done.thumbnail.format == "JPEG"
    assert done.thumbnail.size == (256, 64)
    assert close(done.thumbnail.getpixel((100, 30)), RED)
    key = "results/uploads/a.png/v1.jpg"
    assert done.receipt == {"thumbnail": key, "width": 256, "height": 64}
    assert list(done.bucket.written) == [key]


@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [
        ("1", 1, WHITE),
        ("L", 100, (100, 100, 100)),
        ("I;16", 100 * 256, (100, 100, 100)),
        ("P", 0, (0, 0, 0)),
        ("RGBA", CLEAR_RED, WHITE),
        ("LA", (0, 0), WHITE),
    ],
)
def test_colours(process: Any, mode: str, color: Any, expected: tuple[int, int, int]) -> None:
    done: Upload = process(image(mode, (300, 300), color))
    assert (done.thumbnail.mode, done.thumbnail.size) == ("RGB", (256, 256))
    assert close(done.thumbnail.getpixel((9, 9)), expected)


def test_a_transparent_colour_is_transparent(process: Any) -> None:
    done: Upload = process(image("RGB", (9, 9), RED, transparency=RED))
    assert close(done.thumbnail.getpixel((4, 4)), WHITE)


def test_a_tiny_image_is_not_enlarged(process: Any) -> None:
    assert process(image("RGB", (1, 2), RED)).thumbnail.size == (1, 2)


def test_a_camera_held_upright(process: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    turned = process(image("RGB", (400, 200), RED, "JPEG", exif=exif))
    assert (
        (turned.receipt["width"], turned.receipt["height"]) == turned.thumbnail.size == (128, 256)
    )


def text(keyword: str, length: int, **how: Any) -> PngInfo:
    """Return a PNG's text of the given length."""
    texts = PngInfo()
    texts.add_itxt(keyword, "x" * length, **how)
    return texts


def with_chunk(kind: bytes, data: bytes, damage: int = 0) -> bytes:
    """Return a red PNG with a chunk before its pixels, whose checksum may be wrong."""
    content, extra = image("RGB", (300, 300), RED), bytearray(chunk(kind, data))
    extra[-1] ^= damage
    return content[:33] + extra + content[33:]  # after signature and header


@pytest.mark.parametrize(
    "content",
    [
        *[
            image("RGB", (300, 300), RED, kind, exif=b"Exif\0\0II")
            for kind in ("PNG", "WEBP", "JPEG")
        ],
        *[
            image("RGB", (300, 300), RED, kind, icc_profile=b"x")
            for kind in ("PNG", "WEBP", "JPEG")
        ],
        image("RGB", (300, 300), RED, icc_profile=b"x" * 2_000_000),
        image("RGB", (300, 300), RED, pnginfo=text("XML:com.adobe.xmp", 2_000_000, zip=True)),
        image("RGB", (300, 300), RED, pnginfo=text("comment", 70_000)),
        with_chunk(b"tEXt", b"Author\0somebody", damage=1),
        with_chunk(b"pHYs", b"\0"),
    ],
    ids=[
        *(f"{kind} {what}" for what in ("EXIF", "ICC") for kind in ("PNG", "WEBP", "JPEG")),
        *("large ICC", "large XMP", "long comment", "wrong checksum", "short chunk"),
    ],
)
def test_metadata_is_optional(process: Any, content: bytes) -> None:
    """Whatever is wrong with it, or too much, the image is what counts."""
    done: Upload = process(content)
    assert done.thumbnail.size == (256, 256)
    assert close(done.thumbnail.getpixel((9, 9)), RED)
    assert not {"comment", "exif", "icc_profile", "xmp"} & done.thumbnail.info.keys()


def test_damage_elsewhere_in_exif_does_not_hide_how_the_camera_was_held(process: Any) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0100] = 6, 400  # and a width, of which the type gets damaged
    damaged = exif.tobytes().replace(b"\x01\x00\x00\x04", b"\x01\x00\x00\x01")
    turned = process(image("RGB", (400, 200), RED, "JPEG", exif=damaged))
    assert turned.thumbnail.size == (128, 256)


def test_a_redelivery_writes_the_same(process: Any) -> None:
    content = png(300, 200)
    assert process(content).bucket.written == process(content).bucket.written


def test_an_old_version_that_comes_late_replaces_nothing(process: Any) -> None:
    old, new = (process(png(8, 8), version=name) for name in ("v1", "v2"))
    assert not old.bucket.written.keys() & new.bucket.written.keys()


@pytest.mark.parametrize(
    "size",
    [(4001, 2000), (20_000, 5_000), (100_000, 100_000)],
    ids=["over our limit", "where Pillow warns", "where Pillow refuses"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb(process: Any, index: ModuleType, size: tuple[int, int]) -> None:
    with pytest.raises(index.PermanentError, match=r"pixels"):
        process(header(*size))


def test_the_limit_itself_is_allowed(process: Any) -> None:
    assert process(image("1", (4000, 2000), 1)).thumbnail.size == (256, 128)


def test_more_memory_takes_more_pixels(
    process: Any, index: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
    assert process(image("1", (6000, 4000), 1)).thumbnail.size == (256, 171)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    with pytest.raises(index.PermanentError, match="8 x 8 pixels; the function's memory is for 0"):
        process(png(8, 8))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not an image",
        header(10, 10),
        png(300, 300)[:-200],
        image("RGB", (9, 9), RED, "TIFF"),
    ],
    ids=["empty", "text", "no pixels", "cut off", "format not allowed"],
)
def test_what_is_no_image(process: Any, index: ModuleType, content: bytes) -> None:
    with pytest.raises(index.PermanentError, match="not an image that can be read"):
        process(content)


def test_a_file_too_large_is_not_even_fetched(process: Any, index: ModuleType) -> None:
    with pytest.raises(index.PermanentError, match=r"50000001 bytes; images may have 50000000"):
        process(b"", size=50_000_001)


def test_lack_of_memory_is_not_the_files_fault(
    process: Any, thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(image: Image.Image) -> Image.Image:
        raise MemoryError

    monkeypatch.setattr(thumbnails, "fit", exhausted)
    with pytest.raises(MemoryError):
        process(png(8, 8))


@pytest.mark.parametrize("prefix", ["results/", "results/uploads/", "results/results/"])
def test_results_are_never_made_where_uploads_are_taken(
    process: Any, index: ModuleType, prefix: str
) -> None:
    with pytest.raises(index.ConfigurationError, match="another UploadPrefix"):
        process(png(8, 8), key=f"{prefix}a.png")


@pytest.mark.parametrize("prefix", ["uploads/", "results-in/", "in/results/", "r/"])
def test_no_result_lies_under_an_accepted_prefix(process: Any, prefix: str) -> None:
    (key,) = process(png(8, 8), key=f"{prefix}a.png").bucket.written
    assert not key.startswith(prefix)


def test_a_key_too_long(process: Any, index: ModuleType) -> None:
    room = 1024 - len("results/uploads//v1.jpg")
    assert process(png(8, 8), key="uploads/" + "a" * room)
    with pytest.raises(index.PermanentError, match="more than 1024 bytes"):
        process(png(8, 8), key="uploads/" + "a" * (room - 1) + "é")


def test_permissions_name_the_same_folder(thumbnails: ModuleType) -> None:
    text = (EXAMPLE / "permissions.py").read_text()
    assert re.search(rf'^RESULTS = "{thumbnails.RESULTS}"', text, re.MULTILINE)
