"""Artifacts of an execution: zips in a folder, as CodePipeline keeps them in a bucket."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

from local.pipeline.errors import PipelineError

MODE_BITS = 16  # where a zip has a file's mode, when it was made on a system that has modes


class Artifacts:
    """The artifacts of one execution.

    Args:
        folder: Where they are kept; made if it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Return where an artifact is kept."""
        return self.folder / f"{name}.zip"

    def names(self) -> set[str]:
        """Return which artifacts there are."""
        return {path.stem for path in self.folder.glob("*.zip")}

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
        """Return an artifact, opened."""
        try:
            return zipfile.ZipFile(self.path(name))
        except FileNotFoundError as error:
            raise PipelineError(f"there is no artifact {name}") from error
