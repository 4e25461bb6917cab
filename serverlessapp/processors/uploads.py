"""Which uploads a processor takes."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """Where files come from, below the stack's ``UploadPrefix``.

    Attributes:
        source: How they are announced: by the bucket itself, or through EventBridge.
        folder: Empty, or folders that end in a slash.
        suffixes: Ends of names; without any, all names.
    """

    source: Literal["notification", "eventbridge"] = "notification"
    folder: str = ""
    suffixes: tuple[str, ...] = ()

    def take(self, name: str) -> bool:
        """Tell whether they take a file, by its name below ``UploadPrefix``."""
        return name.startswith(self.folder) and (not self.suffixes or name.endswith(self.suffixes))
