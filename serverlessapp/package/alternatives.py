"""Makes wheels of versions that do not exist, to ask a resolver what it would allow."""

import re
import zipfile
from email.parser import BytesHeaderParser
from pathlib import Path

# Of a version, what decides its neighbours (PEP 440): 1.5, 1.5rc1, 1.5.post2, 1.5.dev3, 1.5+cpu.
VERSION = re.compile(r"(?P<before>.*?)(\.(?P<kind>post|dev)(?P<number>\d+))?(\+.*)?")


def write(installed: Path, place: Path) -> None:
    """Write, for each installed distribution, wheels of its version and of the ones beside it.

    They have its metadata, so that they need what it needs, and nothing else in them.
    """
    for metadata in installed.glob("*.dist-info/METADATA"):
        name, version = release(metadata)
        for other in {version, *neighbours(version)}:
            stem = f"{name.replace('-', '_')}-{other}"
            content = re.sub(
                rb"(?mi)^Version:.*$", f"Version: {other}".encode(), metadata.read_bytes(), count=1
            )
            with zipfile.ZipFile(place / f"{stem}-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"{stem}.dist-info/METADATA", content)


def neighbours(version: str) -> tuple[str, str, str]:
    """Return versions so near that any range takes one of them, and ``==`` takes none.

    The first is older, the last newer, and between them is the version without its local part.

    >>> neighbours("1.5")
    ('1.5.dev0', '1.5', '1.5.post0')
    """
    parts = VERSION.fullmatch(version)
    assert parts  # it takes any text
    public, number = version.partition("+")[0], int(parts["number"] or -1)
    if parts["kind"] == "dev":
        older, newer = (f"{parts['before']}.dev{n}" for n in (max(number - 1, 0), number + 1))
        return older, public, newer
    return f"{public}.dev0", public, f"{parts['before']}.post{number + 1}"


def release(metadata: Path) -> tuple[str, str]:
    """Return name and version of an installed distribution.

    The name is as it is compared (Python Packaging User Guide, "Names and normalization").
    """
    headers = BytesHeaderParser().parsebytes(metadata.read_bytes())
    return re.sub(r"[-_.]+", "-", str(headers["Name"])).lower(), str(headers["Version"])
