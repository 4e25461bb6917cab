"""A processor as its folder describes it: ``processor.toml`` and the files beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from serverlessapp.errors import OperatorError
from serverlessapp.processors.uploads import Uploads

DECLARATION = "processor.toml"
FIRST = "receipts"  # its resources and parameters have the names that they had as the only ones
FIRST_PARAMETERS = {
    "CodeKey": "CodeKey",
    "Concurrency": "MaximumConcurrency",
    "Memory": "FunctionMemory",
    "Timeout": "FunctionTimeout",
}


class ProcessorError(OperatorError):
    """A processor's folder is wrong; the message names file and line, and what is allowed."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """What the processor's function gets, if the stack's form does not say otherwise.

    Attributes:
        memory: MB.
        timeout: Seconds for a batch of up to 10 files.
        concurrency: Batches at the same time, at most.
        storage: MB of /tmp.
        attempts: Deliveries of a file before it is parked.
    """

    memory: int = 256
    timeout: int = 60
    concurrency: int = 10
    storage: int = 512
    attempts: int = 3


@dataclass(frozen=True, kw_only=True)
class Processor:
    """A folder below ``processors/``.

    Attributes:
        name: The folder's, like ``csv``.
        handler: ``module:function``, called with file and context.
        settings: Environment variables and their defaults.
        verify: Whether its samples may be uploaded to a running stack.
    """

    name: str
    folder: Path
    handler: str
    uploads: Uploads = field(default_factory=Uploads)
    function: Function = field(default_factory=Function)
    settings: Mapping[str, str] = field(default_factory=dict)
    verify: bool = True

    def logical_id(self, kind: str) -> str:
        """Return the logical ID of a resource of its lane, such as ``IngestQueue``."""
        return kind if self.name == FIRST else f"{self.name.capitalize()}{kind}"

    def parameter(self, kind: str) -> str:
        """Return the name of a parameter of its lane, such as ``Memory``."""
        return FIRST_PARAMETERS[kind] if self.name == FIRST else self.logical_id(kind)

    def setting(self, variable: str) -> str:
        """Return the name of the parameter for an environment variable, such as ``MAX_ROWS``."""
        words = variable.lower().split("_")
        return self.name.capitalize() + "".join(word.capitalize() for word in words)

    @property
    def samples(self) -> list[Path]:
        """Files that it processes well, in order; at least one."""
        return sorted(path for path in (self.folder / "samples").rglob("*") if path.is_file())

    @property
    def requirements(self) -> Path | None:
        """Its dependencies, if it has any."""
        return self._file("requirements.txt")

    @property
    def permissions(self) -> Path | None:
        """What it may do besides processing a file, if that is anything."""
        return self._file("permissions.py")

    def _file(self, name: str) -> Path | None:
        path = self.folder / name
        return path if path.is_file() else None


def read(folder: Path) -> Processor:
    """Return the processor of a folder.

    Raises:
        ProcessorError: See there.
    """
    path = folder / DECLARATION
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    uploads = content.get("uploads", {})
    return Processor(
        name=folder.name,
        folder=folder,
        handler=content["handler"],
        uploads=Uploads(**{**uploads, "suffixes": tuple(uploads.get("suffixes", ()))}),
        function=Function(**content.get("function", {})),
        settings=content.get("settings", {}),
        verify=content.get("verify", True),
    )


def read_all(root: Path) -> list[Processor]:
    """Return the processors of all folders below ``root``, by name.

    Raises:
        ProcessorError: One of them is wrong, or none is there.
    """
    return [read(path.parent) for path in sorted(root.glob(f"*/{DECLARATION}"))]
