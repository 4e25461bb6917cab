"""Thumbnails of real images in several formats, and what is refused."""

import io
import struct
import zlib
from typing import Any

import pytest
import thumbnails
from index import ConfigurationError, File, PermanentError
from PIL import Image
from PIL.PngImagePlugin import PngInfo

RED, CLEAR_RED, WHITE = (255, 0, 0), (255, 0, 0, 0), (255, 255, 255)


def image(mode: str, size: tuple[int, int], color: Any, kind: str = "PNG", **save: Any) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, color).save(target, kind, **save)
    return target.getvalue()


def png(width: int, height: int) -> bytes:
    return image("RGB", (width, height), RED)


def of(trial: Any) -> Image.Image:
    """Return the thumbnail that was written."""
    (content,) = trial.written.values()
    return Image.open(io.BytesIO(content))


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk: length, type, data, checksum (RFC 2083)."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def close(pixel: Any, expected: tuple[int, int, int]) -> bool:
    return all(abs(actual - wanted) < 8 for actual, wanted in zip(pixel, expected))


def header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds almost nothing: a decompression bomb."""
    claimed = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", claimed)
    return start + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_formats(process: Any, kind: str) -> None:
    trial = process("a.png", image("RGB", (512, 128), RED, kind))
    assert of(trial).format == "JPEG"
    assert of(trial).size == (256, 64)
    assert close(of(trial).getpixel((100, 30)), RED)
    key = "results/uploads/a.png/v1.jpg"
    assert trial.result == {"thumbnail": key, "width": 256, "height": 64}
    assert list(trial.written) == [key]


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
    thumbnail = of(process("a.png", image(mode, (300, 300), color)))
    assert (thumbnail.mode, thumbnail.size) == ("RGB", (256, 256))
    assert close(thumbnail.getpixel((9, 9)), expected)


def test_a_transparent_colour_is_transparent(process: Any) -> None:
    trial = process("a.png", image("RGB", (9, 9), RED, transparency=RED))
    assert close(of(trial).getpixel((4, 4)), WHITE)


def test_a_tiny_image_is_not_enlarged(process: Any) -> None:
    assert of(process("a.png", image("RGB", (1, 2), RED))).size == (1, 2)


def test_a_camera_held_upright(process: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    turned = process("a.jpg", image("RGB", (400, 200), RED, "JPEG", exif=exif))
    assert (turned.result["width"], turned.result["height"]) == of(turned).size == (128, 256)


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
    thumbnail = of(process("a.png", content))
    assert thumbnail.size == (256, 256)
    assert close(thumbnail.getpixel((9, 9)), RED)
    assert not {"comment", "exif", "icc_profile", "xmp"} & thumbnail.info.keys()


def test_damage_elsewhere_in_exif_does_not_hide_how_the_camera_was_held(process: Any) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0100] = 6, 400  # and a width, of which the type gets damaged
    damaged = exif.tobytes().replace(b"\x01\x00\x00\x04", b"\x01\x00\x00\x01")
    turned = process("a.jpg", image("RGB", (400, 200), RED, "JPEG", exif=damaged))
    assert of(turned).size == (128, 256)


def test_the_sample(process: Any) -> None:
    assert process("samples/stripes.png").outcome == "processed"


def test_a_redelivery_writes_the_same(process: Any) -> None:
    content = png(300, 200)
    assert process("a.png", content).written == process("a.png", content).written


def test_an_old_version_that_comes_late_replaces_nothing() -> None:
    old, new = (thumbnails.result_key(upload(version=name)) for name in ("v1", "v2"))
    assert old != new


@pytest.mark.parametrize(
    "size",
    [(4001, 2000), (20_000, 5_000), (100_000, 100_000)],
    ids=["over our limit", "where Pillow warns", "where Pillow refuses"],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_decompression_bomb(
    process: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(thumbnails, "max_pixels", lambda: 8_000_000)
    trial = process("a.png", header(*size))
    assert trial.outcome == "parked"
    assert "pixels" in trial.error


def test_memory_decides_how_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    for memory, pixels in (("128", 0), ("256", 8_000_000), ("512", 24_000_000)):
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)
        assert thumbnails.max_pixels() == pixels


def test_the_limit_itself_is_allowed(process: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "max_pixels", lambda: 4000 * 2000)
    assert of(process("a.png", image("1", (4000, 2000), 1))).size == (256, 128)


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
def test_what_is_no_image(process: Any, content: bytes) -> None:
    trial = process("a.png", content)
    assert trial.outcome == "parked"
    assert trial.error.startswith("not an image that can be read")


def test_a_file_too_large_is_not_even_fetched(
    process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thumbnails, "MAX_BYTES", 10)
    assert process("a.png", b"no image, but long").error == "18 bytes; images may have 10"


def test_lack_of_memory_is_not_the_files_fault(
    process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(image: Image.Image) -> Image.Image:
        raise MemoryError

    monkeypatch.setattr(thumbnails, "fit", exhausted)
    assert process("a.png", png(8, 8)).outcome == "tried again"


def upload(key: str = "uploads/a.png", version: str = "v1") -> File:
    return File(
        bucket="uploads",
        key=key,
        version_id=version,
        size=1,
        etag="e",
        sequencer="00",
        event_time="2026-01-01T00:00:00Z",
    )


@pytest.mark.parametrize("prefix", ["results/", "results/uploads/", "results/results/"])
def test_results_are_never_made_where_uploads_are_taken(prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="another UploadPrefix"):
        thumbnails.result_key(upload(f"{prefix}a.png"))


@pytest.mark.parametrize("prefix", ["uploads/", "results-in/", "in/results/", "r/"])
def test_no_result_lies_under_an_accepted_prefix(prefix: str) -> None:
    assert not thumbnails.result_key(upload(f"{prefix}a.png")).startswith(prefix)


def test_a_key_too_long() -> None:
    room = 1024 - len("results/uploads//v1.jpg")
    assert thumbnails.result_key(upload("uploads/" + "a" * room))
    with pytest.raises(PermanentError, match="more than 1024 bytes"):
        thumbnails.result_key(upload("uploads/" + "a" * (room - 1) + "é"))
