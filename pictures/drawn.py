"""What pictures that graphviz draws have in common.

Its versions write different bytes for the same graph. So a digest of what was drawn is kept beside
the pictures, and whether they are fresh can be told without graphviz. ADR 0018.
"""

import hashlib


class DrawingError(Exception):
    """A picture could not be drawn; the message says why."""


def digest(text: str) -> str:
    """Return what stands for the content of a picture."""
    return hashlib.sha256(text.encode()).hexdigest()
