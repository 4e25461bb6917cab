"""Images to upload: small PNGs (RFC 2083)."""

import struct
import zlib


def png(width: int, height: int) -> bytes:
    """Return a true-colour PNG of the given size in pixels (RFC 2083)."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (x % 256, y * 2 % 256, 96))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one PNG chunk: length, type, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
