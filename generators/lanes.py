"""The lanes of the application: what each processor below ``processors/`` gets."""

from dataclasses import dataclass
from pathlib import Path

from generators import extension
from serverlessapp.package import contents
from serverlessapp.package.archive import PackageError
from serverlessapp.package.processor import choose
from serverlessapp.processors.definition import FIRST, Processor, ProcessorError, read_all

PROCESSORS = Path(__file__).resolve().parent.parent / "processors"


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A processor, and what its function may do besides processing a file."""

    processor: Processor
    grants: extension.Grants = extension.no_grants

    @property
    def name(self) -> str:
        return self.processor.name

    @property
    def is_first(self) -> bool:
        """Whether the template itself holds its code, which a package may replace."""
        return self.name == FIRST

    def logical_id(self, kind: str) -> str:
        """Return the logical ID of a resource of it, such as ``IngestQueue``."""
        return self.processor.logical_id(kind)

    def parameter(self, kind: str) -> str:
        """Return the name of a parameter of it, such as ``Memory``."""
        return self.processor.parameter(kind)


def load(root: Path | None = None) -> tuple[Lane, ...]:
    """Return the lanes of all processors below a folder: ``receipts`` first, the others by name.

    Without a folder, it is ``PROCESSORS`` as it is now.

    Raises:
        ProcessorError: A processor is wrong, has no such handler, or none is there.
        ExtensionError: A ``permissions.py`` is wrong.
    """
    processors = sorted(
        read_all(root or PROCESSORS), key=lambda each: (each.name != FIRST, each.name)
    )
    for processor in processors:
        if processor.name != FIRST:
            refuse_missing(processor)
    return tuple(
        Lane(
            processor=processor,
            grants=extension.grants_of(processor.folder)
            if processor.permissions
            else extension.no_grants,
        )
        for processor in processors
    )


def refuse_missing(processor: Processor) -> None:
    """Refuse a handler that ``serverlessapp package`` would refuse, before a template names it."""
    try:
        choose(processor.folder, contents.own(processor.folder).files, processor.handler)
    except PackageError as error:
        raise ProcessorError(str(error)) from error
