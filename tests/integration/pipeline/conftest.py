"""A team with a repository and a pipeline of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from local.emulator import Emulator
from local.pipeline import confined
from local.pipeline.endpoint import serving
from local.pipeline.execution import Execution

from .team import Repository, Team

Found = Callable[[str], Team]


@pytest.fixture(scope="module", autouse=True)
def unconfined() -> Iterator[None]:
    """Let builds see all of this machine: the interpreter of the steps may be below ``/tmp``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confined, "works", lambda: False)
        yield


@contextmanager
def teams(folder: Path) -> Iterator[Found]:
    """Yield what makes a team that delivers to where a ``delivery.toml`` says."""
    with ExitStack() as opened:

        def make(delivery: str = "") -> Team:
            work = folder / "work"
            work.mkdir()
            executions: dict[str, Execution] = {}
            return Team(
                emulator=opened.enter_context(Emulator(enforce_iam=True)),
                repository=Repository(folder / "repository", delivery),
                work=work,
                endpoint=opened.enter_context(serving(executions)),
                executions=executions,
            )

        yield make


@pytest.fixture
def found(tmp_path: Path) -> Iterator[Found]:
    """Return what makes a team for one test."""
    with teams(tmp_path) as make:
        yield make


@pytest.fixture
def team(found: Found) -> Team:
    return found("")
