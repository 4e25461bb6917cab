"""Artifacts of an execution: zips in a folder, as CodePipeline keeps them in a bucket.

Source of the patterns: CodeBuild User Guide, "Build specification reference", ``artifacts``: they
are relative to ``base-directory``, ``**/*`` is every file below, and a build whose patterns match
nothing fails.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from local.pipeline.errors import PipelineError
from serverlessapp.template.parameters import Json
from serverlessapp.template.pipeline.buildspec import listed

MODE_BITS = 16  # where a zip has a file's mode, when it was made on a system that has modes


class Artifacts:
    """The artifacts of one execution, kept in a folder; ``keys`` are those in artifact buckets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.zip"

    def put(self, name: str, base: Path, files: Iterable[Path], *, flat: bool = False) -> None:
        """Make an artifact of files below a folder; flat puts all of them beside each other."""
        with zipfile.ZipFile(self.path(name), "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.name if flat else file.relative_to(base))

    def unpack(self, name: str, into: Path) -> None:
        """Unpack an artifact into a folder, with the modes of its files."""
        with self.opened(name) as archive:
            archive.extractall(into)
            for item in archive.infolist():
                mode = (item.external_attr >> MODE_BITS) & 0o777
                if mode and not item.is_dir():
                    (into / item.filename).chmod(mode | 0o600)

    def read(self, reference: str) -> str:
        """Return the text of a file, named like ``Artifact::path/of/the/file``."""
        name, _, path = reference.partition("::")
        with self.opened(name) as archive:
            try:
                return archive.read(path).decode()
            except KeyError as error:
                raise PipelineError(f"artifact {name} has no file {path}") from error

    def opened(self, name: str) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path(name))
        except FileNotFoundError as error:
            raise PipelineError(f"there is no artifact {name}") from error


class NothingMatchesError(PipelineError):
    """No file matches."""


def matching(source: Path, section: Json) -> tuple[Path, list[Path]]:
    """Return the folder that paths are relative to, and the files of a section, sorted."""
    base = source / str(section.get("base-directory", "."))
    wanted, unwanted = (
        {path for pattern in listed(section.get(key)) for path in base.glob(pattern)}
        for key in ("files", "exclude-paths")
    )
    files = sorted(path for path in wanted - unwanted if path.is_file())
    if not files:
        told = ", ".join(listed(section.get("files")))
        raise NothingMatchesError(f"no file matches {told} in {base.name or '.'}")
    return base, files
