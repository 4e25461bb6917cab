"""The stack that is looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from serverlessapp.operations.stack import Stack

Client = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource of a stack. ``name`` is its physical ID."""

    logical_id: str
    type: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A complete stack and what it was made with.

    Attributes:
        stack: Its outputs.
        topic: ARN of its alarm topic.
        resources: What it consists of, by logical ID.
        parameters: What it was made with, defaults included.
        client: Makes a client of a service, in the stack's Region.
        seconds: How long anything may take to happen.
        leave_files: The stack shall empty its bucket itself.
        uploaded: Version IDs by key, of what the checks uploaded.
    """

    stack: Stack
    topic: str
    resources: Mapping[str, Resource]
    parameters: Mapping[str, str]
    client: Client = field(repr=False)
    seconds: float
    leave_files: bool
    uploaded: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """ID of the stack's own KMS key; empty when AWS manages the keys."""
        key = self.resources.get("EncryptionKey")
        return key.name if key else ""

    def names(self, kind: str) -> list[str]:
        """Return the physical IDs of all resources of a type."""
        return [one.name for one in self.resources.values() if one.type == kind]
