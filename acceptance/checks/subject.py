"""The stack that is looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.stack import Stack

Client = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A complete stack and what it was made with.

    Attributes:
        stack: Its outputs.
        topic: ARN of its alarm topic.
        resources: Physical IDs by logical ID.
        parameters: What it was made with, defaults included.
        client: Makes a client of a service, in the stack's Region.
        seconds: How long anything may take to happen.
        leave_files: The stack shall empty its bucket itself.
    """

    stack: Stack
    topic: str
    resources: Mapping[str, str]
    parameters: Mapping[str, str]
    client: Client = field(repr=False)
    seconds: float
    leave_files: bool

    @property
    def key(self) -> str:
        """ID of the stack's own KMS key; empty when AWS manages the keys."""
        return self.resources.get("EncryptionKey", "")
