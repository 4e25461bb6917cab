"""What can be compared: a version, a template file, a deployed stack, or the working tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serverlessapp.diff.model import ComparisonError, Template
from serverlessapp.releases.archive import SUFFIX, ReleaseError, parsed, releases, template_name
from serverlessapp.releases.version import FORM

WORKING_TREE = "the working tree"
STACK = "stack:"
PROJECT = "ServerlessApp"  # key of what our templates say about themselves
APPLICATION = f"application{SUFFIX}"
FILES = (".json", ".template", ".yaml", ".yml")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One side of a comparison.

    Attributes:
        name: What to call it.
        version: Its version as text; empty where it has none of ours.
        templates: By name without suffix.
        is_single: Whether it is one template, whatever its name.
        parameters: Values, if it is a stack.
    """

    name: str
    version: str
    templates: Mapping[str, Template]
    is_single: bool = False
    parameters: Mapping[str, str] | None = None


def source(text: str, folder: Path) -> Source:
    """Return what a command line names.

    Args:
        text: A version, a file, or ``stack:NAME``.
        folder: Of the releases.

    Raises:
        ComparisonError: There is no such thing, or it is no template.
    """
    if text.startswith(STACK):
        return stack(text.removeprefix(STACK))
    if FORM.fullmatch(text):
        return released(text, folder)
    path = Path(text)
    if path.suffix in FILES or path.exists():
        return single(text, read(path))
    raise ComparisonError(f"{text} is neither a version, nor a template file, nor {STACK}NAME")


def released(version: str, folder: Path) -> Source:
    """Return a released version; by the empty text, the last one.

    Raises:
        ComparisonError: It was not released.
    """
    try:
        known = releases(folder)
        found = [one for one in known if version in ("", str(one.version))]
        if found:
            if damage := found[-1].damage():
                raise ComparisonError("released bytes have changed: " + "; ".join(damage))
            return several(str(found[-1].version), str(found[-1].version), found[-1].templates())
    except (OSError, ReleaseError) as error:
        raise ComparisonError(str(error)) from error
    if not known:
        raise ComparisonError(f"nothing was released yet in {folder}; name a file or {STACK}NAME")
    there_are = ", ".join(str(one.version) for one in known)
    raise ComparisonError(f"there is no release {version}; there are: {there_are}")


def working_tree(folder: Path) -> Source:
    """Return the templates of a checkout, as they are in the folder.

    Whether they are what the generators write, those tell with ``--check``.

    Raises:
        ComparisonError: There are none.
    """
    files = current(folder)
    if APPLICATION not in files:
        raise ComparisonError(f"there is no {folder / APPLICATION}; name a file or {STACK}NAME")
    return several(WORKING_TREE, version_of(parsed(APPLICATION, files[APPLICATION])), files)


def current(folder: Path) -> dict[str, bytes]:
    """Return the content of all templates that would be released, by file name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob(f"*{SUFFIX}"))}


def several(name: str, version: str, files: Mapping[str, bytes]) -> Source:
    """Return a source with all templates of a version."""
    return Source(
        name=name,
        version=version,
        templates={template_name(file): parsed(file, data) for file, data in files.items()},
    )


def read(path: Path) -> Template:
    """Return the template in a file.

    Raises:
        ComparisonError: There is none.
    """
    try:
        return parsed(str(path), path.read_bytes())
    except OSError as error:
        raise ComparisonError(f"cannot read {path}: {error.strerror}") from error
    except ReleaseError as error:
        raise ComparisonError(str(error)) from error


def stack(name: str) -> Source:
    """Return the template of a deployed stack, with its parameters.

    Raises:
        ComparisonError: It cannot be read.
    """
    from serverlessapp.diff.deployed import read as read_stack  # boto3: only for this

    template, parameters = read_stack(name)
    return single(f"{STACK}{name}", template, parameters)


def single(name: str, template: Template, parameters: Mapping[str, str] | None = None) -> Source:
    """Return a source with one template."""
    return Source(
        name=name,
        version=version_of(template),
        templates={template_name(Path(name).name): template},
        is_single=True,
        parameters=parameters,
    )


def version_of(template: Template) -> str:
    """Return the version that a template of ours says it has; empty if it is not ours."""
    metadata = template.get("Metadata", {}).get(PROJECT)
    return str(metadata.get("Version", "")) if isinstance(metadata, dict) else ""
