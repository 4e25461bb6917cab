"""A pytest plugin for processors' own tests: the fixture ``process``.

In the folder ``tests`` of a processor::

    def test_rows(process: Any) -> None:
        trial = process("samples/a.csv", settings={"DELIMITER": ";"})
        assert trial.result == {"rows": 3}
        assert trial.written["results/uploads/a.csv/v1.parquet"].startswith(b"PAR1")
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import pytest

from local.process import trial
from local.process.services import serving
from serverlessapp.processors.definition import DECLARATION, Processor, read
from serverlessapp.processors.uploads import DEFAULT_PREFIX


@dataclass(kw_only=True)
class Written(trial.Trial):
    """A trial, and the objects that were written to the bucket, by their keys."""

    written: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Process:
    """Runs the processor on one file after the other."""

    processor: Processor
    place: Path

    def __call__(
        self,
        name: str,
        content: bytes | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Written:
        """Process a file as the runtime does, errors included.

        Args:
            name: A file in the processor's folder; with ``content``, the name of an upload.
            content: What was uploaded.
            settings: Instead of those in its toml. Its modules are imported anew for them.
            metadata: Of the upload.
        """
        path = self.processor.folder / name
        if content is not None:
            path = self.place / "upload"
            path.write_bytes(content)
        below = self.processor.uploads.folder + (path.name if content is None else name)
        key = DEFAULT_PREFIX + below
        with serving(path, key, dict(metadata or {})) as services, self.modules(bool(settings)):
            done = trial.run(self.processor, services, settings or {})
            objects = {key: path.read_bytes() for key, path in services.written.items()}
        return Written(**vars(done), written=objects)

    @contextmanager
    def modules(self, anew: bool) -> Iterator[None]:
        """Import the processor's modules again while the context lasts, or leave them."""
        folder = self.processor.folder.resolve()
        with mock.patch.dict(sys.modules) if anew else nullcontext():
            for name, module in list(sys.modules.items()) if anew else ():
                if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
                    del sys.modules[name]
            yield


def folder_of(path: Path) -> Path | None:
    """Return the processor's folder that a test lies in."""
    for folder in path.parents:
        if (folder / DECLARATION).is_file():
            return folder
    return None


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Let test modules import the processor's, and ``index``, as the function would."""
    if folder := folder_of(collector.path):
        os.environ.update(trial.environment(read(folder), {}))  # modules may read it at import
        for path in (str(trial.RUNTIME), str(folder)):
            if path not in sys.path:
                sys.path.insert(0, path)


@pytest.fixture
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Process:
    """Return what runs the processor of this test's folder; see the plugin's own words."""
    if (folder := folder_of(request.path)) is None:
        raise pytest.UsageError(f"{request.path}: no parent folder has a {DECLARATION}")
    return Process(read(folder), tmp_path)
