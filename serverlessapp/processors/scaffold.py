"""Makes the folder of a new processor, which works as it is."""

from pathlib import Path
from string import Template

from serverlessapp.processors.definition import (
    FIRST,
    ProcessorError,
    files,
    processor_folders,
    read,
    refuse_name,
)
from serverlessapp.processors.uploads import overlap

PROCESSORS = Path("processors")  # of the checkout that one stands in
PROGRAMS = ".venv/bin/"  # where make install puts them
SKELETON = Path(__file__).parent / "skeleton"
ENDING = ".in"  # so that nobody takes the files for the tool's own


def make(name: str, *, writes_results: bool = False) -> list[Path]:
    """Make a processor, and return its files; it may be let write below ``results/``.

    Where another takes its files already, they are announced through EventBridge.

    Raises:
        ProcessorError: There is no checkout here, the name cannot be, there is such a folder, or
            another processor is wrong.
    """
    if not Path("generators").is_dir():
        raise ProcessorError("not in a checkout of ServerlessApp: change to its root folder")
    refuse_name(name)
    folder = PROCESSORS / name
    if name == FIRST:
        raise ProcessorError(f"{name} is reserved for the inline code: choose another name")
    if folder.exists() and any(files(folder)):
        raise ProcessorError(f"{folder} already exists: choose another name")
    others = [read(each) for each in processor_folders(PROCESSORS)]
    made = [
        write(path, folder, {"name": name, "source": '"notification"'})
        for path in sorted(files(SKELETON))
        if writes_results or not path.name.startswith("permissions")
    ]
    uploads = read(folder).uploads
    if taking := [other.name for other in others if overlap(uploads, other.uploads)]:
        source = f'"eventbridge"              # {", ".join(taking)} takes these files, too'
        write(SKELETON / f"processor.toml{ENDING}", folder, {"name": name, "source": source})
    return made


def write(path: Path, folder: Path, values: dict[str, str]) -> Path:
    """Write a file of the skeleton into a processor's folder, and return where it is."""
    to = folder / path.relative_to(SKELETON).as_posix().removesuffix(ENDING)
    to = to.with_name(to.name.replace("NAME", values["name"]))
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(Template(path.read_text("utf-8")).substitute(values), "utf-8", newline="\n")
    return to


def next_steps(name: str, made: list[Path]) -> str:
    """Return what was made, and the commands that follow."""
    folder = PROCESSORS / name
    names = ", ".join(path.relative_to(folder).as_posix() for path in made)
    steps = {
        f"python -m local process {name} {folder}/samples/*": "try it on files",
        f"tox run -e processors -- {name}": "run its tests, linter and type checker",
        "python -m local demo": "the whole stack, on an emulator",
        "tox run -e generate": "the templates, with its lane",
        f"serverlessapp package {folder} --output dist": "its zip, and how to deploy it",
    }
    width = max(map(len, steps))
    lines = [f"  {PROGRAMS}{command:{width}}  {words}" for command, words in steps.items()]
    return "\n".join([f"{folder}: {names}", "next:", *lines])
