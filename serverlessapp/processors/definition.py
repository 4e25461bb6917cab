"""A processor as its folder describes it: ``processor.toml`` and the files beside it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from serverlessapp.declaration import Declaration
from serverlessapp.errors import OperatorError
from serverlessapp.errors import ProcessorError as ProcessorError
from serverlessapp.processors import declaration, settings
from serverlessapp.processors.function import Function
from serverlessapp.processors.uploads import Uploads, misplaced

DECLARATION = "processor.toml"
FIRST = "receipts"  # its resources and parameters have the names that they had as the only ones
# In other lanes: in names of more than 64 characters, CloudFormation would keep 25 of the stack's
# (convox/rack, issue 2297), and the role that deploys reaches stacks by their whole names.
SHORT = {"FileProcessor": "Function", "FileProcessorRole": "Role"}
FIRST_PARAMETERS = {
    "CodeKey": "CodeKey",
    "Concurrency": "MaximumConcurrency",
    "Memory": "FunctionMemory",
    "Timeout": "FunctionTimeout",
}
INLINE = "index:sign_receipt"  # its handler: code that the template itself holds
NAME = re.compile(r"[a-z][a-z0-9]{1,15}")
TAKEN = "ingest"  # names the first queue, as the others' lanes name theirs


@dataclass(frozen=True, kw_only=True)
class Processor:
    """A folder below ``processors/``."""

    name: str  # the folder's, like csv
    folder: Path
    handler: str  # module:function, called with file and context
    uploads: Uploads = field(default_factory=Uploads)
    function: Function = field(default_factory=Function)
    settings: Mapping[str, str] = field(default_factory=dict)  # variables and their defaults
    verify: bool = True  # whether its samples may be uploaded to a running stack

    def logical_id(self, kind: str) -> str:
        """Return the logical ID of a resource of its lane, such as ``IngestQueue``."""
        return kind if self.name == FIRST else f"{self.name.capitalize()}{SHORT.get(kind, kind)}"

    def parameter(self, kind: str) -> str:
        """Return the name of a parameter of its lane, such as ``Memory``."""
        return FIRST_PARAMETERS[kind] if self.name == FIRST else self.logical_id(kind)

    def setting(self, variable: str) -> str:
        """Return the name of the parameter for an environment variable, such as ``MAX_ROWS``."""
        words = variable.lower().split("_")
        return self.name.capitalize() + "".join(word.capitalize() for word in words)

    @property
    def declaration(self) -> Path:
        """The file that says this."""
        return self.folder / DECLARATION

    @property
    def samples(self) -> list[Path]:
        """Files that it processes well, in order; at least one. Hidden ones are none."""
        return sorted(files(self.folder / "samples"))

    def upload_name(self, sample: Path) -> str:
        """Return the name, below ``UploadPrefix``, by which a sample gets to this processor."""
        return self.uploads.folder + sample.relative_to(self.folder / "samples").as_posix()

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
    """Return the processor of a folder; refuse one that is wrong."""
    refuse_name(folder.name or folder.resolve().name)
    path = folder / DECLARATION
    if not path.is_file():
        raise ProcessorError(
            f"{folder} has no {DECLARATION}: create a processor with serverlessapp new processor "
            "NAME, or delete the folder"
        )
    declared = declaration.load(path)
    uploads = declared.section("uploads")
    processor = Processor(
        name=folder.name or folder.resolve().name,
        folder=folder,
        handler=declared.content["handler"],
        uploads=Uploads(**{**uploads, "suffixes": tuple(uploads.get("suffixes", ()))}),
        function=Function(**declared.section("function")),
        settings=declared.section(declaration.SETTINGS),
        verify=declared.content.get("verify", True),
    )
    for error in errors(processor, declared):
        raise error
    return processor


def refuse_name(name: str) -> None:
    """Refuse a processor's name from which not all names of its lane can be made."""
    if not NAME.fullmatch(name) or name == TAKEN:
        raise ProcessorError(
            f"{name} is not a valid processor name: use 2 to 16 lowercase letters and digits, "
            f"beginning with a letter, such as csv or invoices2, and not {TAKEN}"
        )


def errors(processor: Processor, declared: Declaration) -> Iterator[OperatorError]:
    """Yield what is wrong with a processor whose keys are right, each for itself."""
    for name, words in settings.errors(declared.section(declaration.SETTINGS)):
        yield declared.error(words, declaration.SETTINGS, name)
    taken = {processor.parameter(kind): f"its {kind}" for kind in FIRST_PARAMETERS}
    for name in processor.settings:
        parameter = processor.setting(name)
        if parameter in taken:
            words = f"{name} would be parameter {parameter}, like {taken[parameter]}: rename it"
            yield declared.error(words, declaration.SETTINGS, name)
        taken[parameter] = name
    module = processor.handler.partition(":")[0].partition(".")[0]
    if processor.name == FIRST and processor.handler != INLINE:
        words = f"the handler of {FIRST} must be {INLINE}: rename the folder for your own"
        yield declared.error(words, "handler")
    elif processor.name != FIRST and module == "index":
        words = "handler must not be in index, which is the runtime: name your own module"
        yield declared.error(words, "handler")
    if words := misplaced(processor.uploads.folder):
        yield declared.error(words, "uploads", "folder")
    if not processor.samples:
        yield ProcessorError(
            f"{processor.folder / 'samples'} is empty: add a file that can be processed; tests, "
            "demo and pipeline use it"
        )
    for path in processor.samples:
        if not processor.uploads.take(processor.upload_name(path)):
            suffixes = ", ".join(processor.uploads.suffixes)
            yield ProcessorError(f"{path} ends in none of the suffixes {suffixes}: rename it")


def read_all(root: Path) -> list[Processor]:
    """Return the processors of all folders below ``root``, by name.

    Raises:
        ProcessorError: One of them is wrong, or none is there.
    """
    folders = processor_folders(root)
    if not folders:
        raise ProcessorError(
            f"{root} has no processors: create one with serverlessapp new processor NAME"
        )
    return [read(folder) for folder in folders]


def processor_folders(root: Path) -> list[Path]:
    """Return the folders that are to be processors, by name.

    Not files beside them, nor what a switch to another branch leaves: folders without a file but
    hidden and compiled ones.
    """
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir() and any(files(path)))


def files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder at any depth, those that nobody wrote left out."""
    for path in folder.rglob("*"):
        parts = path.relative_to(folder.parent).parts
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in parts):
            yield path
