"""Decisions about who may do what, as the enforcing emulator made them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One authorization decision."""

    principal: str  # ARN of the caller, or the name of an AWS service such as ``s3.amazonaws.com``
    action: str  # as IAM writes it, ``s3:GetObjectVersion``
    resource: str  # ARN, or ``*``
    allowed: bool  # whether the call went on
    sid: str  # statement that decided; empty when none matched, or when it has no Sid
    policy: str  # whose statement that was: ``identity``, ``resource`` or ``trust``
    via: str  # ``request`` for an API call; otherwise the AWS service that acted with a role
    context: Mapping[str, Any]  # condition keys of the request, in lower case
    own: str = ""  # statement of the caller's own policy, where that and a resource's had to allow

    @property
    def role(self) -> str:
        """Name of the role behind an assumed role; empty for anybody else."""
        kind, _, rest = self.principal.rpartition(":")[2].partition("/")
        return rest.partition("/")[0] if kind == "assumed-role" else ""

    def line(self) -> str:
        return json.dumps(asdict(self), default=str)


class DecisionLog:
    """The emulator's decisions, oldest first; grows while the emulator runs."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def position(self) -> int:
        """Return where the next decision will be, for ``since``."""
        return self._path.stat().st_size if self._path.exists() else 0

    def since(self, position: int = 0) -> list[Decision]:
        """Return the decisions made since a position; all of them by default."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(position)
            lines = file.read().split(b"\n")
        # What follows the last newline is not complete yet.
        return [Decision(**json.loads(line)) for line in lines[:-1]]
