"""Lambda source code as CloudFormation's ``ZipFile`` takes it: as it is written."""

import hashlib
from functools import cache
from pathlib import Path

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
DIGEST_DIGITS = 16  # as many as the packager puts into the name of a zip


@cache
def source(function: str) -> str:
    """Return ``functions/<function>/index.py``."""
    return (FUNCTIONS / function / "index.py").read_text(encoding="utf-8")


def digest(function: str) -> str:
    """Return the first digits of the SHA-256 of ``source(function)``: which code it is."""
    return hashlib.sha256(source(function).encode()).hexdigest()[:DIGEST_DIGITS]
