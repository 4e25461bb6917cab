"""Makes wheels of versions that do not exist, to ask a resolver what it would allow."""

import re
import zipfile
from pathlib import Path


def write(installed: Path, place: Path) -> None:
    """Write, for each installed distribution, wheels of its version and of the ones beside it.

    They have its metadata, so that they need what it needs, and nothing else in them.
    """
    for metadata in installed.glob("*.dist-info/METADATA"):
        name, version = metadata.parent.stem.rsplit("-", 1)
        for other in {version, *neighbours(version)}:
            line = f"Version: {other}".encode()
            content = re.sub(rb"(?mi)^Version:.*$", line, metadata.read_bytes(), count=1)
            with zipfile.ZipFile(place / f"{name}-{other}-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"{name}-{other}.dist-info/METADATA", content)


def neighbours(version: str) -> tuple[str, str, str]:
    """Return versions so near that any range takes one of them, and ``==`` takes none.

    Beside an older and a newer one (PEP 440), that is the one without a local part: 1.5 beside
    1.5+cpu.
    """
    public = version.partition("+")[0]
    final, dev, _ = public.partition(".dev")
    if dev:
        return public, f"{final}.dev0", final
    before, _, number = public.partition(".post")
    return public, f"{public}.dev0", f"{before}.post{int(number or -1) + 1}"
