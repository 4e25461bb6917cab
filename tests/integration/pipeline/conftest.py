"""A team with a repository and a pipeline of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator import Emulator

from .team import Team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    repository, work = tmp_path / "repository", tmp_path / "work"
    repository.mkdir()
    work.mkdir()
    with Emulator() as emulator:
        yield Team(emulator=emulator, repository=repository, work=work)
