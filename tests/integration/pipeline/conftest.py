"""A team with a repository and a pipeline of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator import Emulator

from .team import Repository, Team


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    work = tmp_path / "work"
    work.mkdir()
    with Emulator() as emulator:
        yield Team(emulator=emulator, repository=Repository(tmp_path / "repository"), work=work)
