"""The load run's own logic: sizes, faults, verdict."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.faults import actions
from tests.benchmarks.load import files, run
from tests.benchmarks.load.memory import MemoryWatch


@pytest.mark.parametrize(
    ("missing", "growth_mb", "holds"),
    [
        ([], 128.0, [True, True]),
        (["small/000003.bin"], 10.0, [False, True]),
        ([], 128.1, [True, False]),
        ([], 0.0, [True, False]),  # was not measured
    ],
)
def test_no_file_is_lost_and_memory_is_bounded(
    missing: list[str], growth_mb: float, holds: list[bool]
) -> None:
    assert [verdict.holds for verdict in run.judge(missing, growth_mb)] == holds


def test_the_same_files_every_time_with_the_large_ones_among_the_small() -> None:
    planned = files.plan(100, 2, 5_000_000)
    assert planned == files.plan(100, 2, 5_000_000)
    assert Counter(size == 5_000_000 for size in planned.values()) == {True: 2, False: 100}
    assert not list(planned)[-1].startswith("large")


def test_the_share_of_failing_calls_is_the_one_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: Counter[str] = Counter()
    monkeypatch.setattr(actions, "forward", lambda exchange: happened.update(["ok"]))
    monkeypatch.setattr(run, "FAULTS", (lambda exchange: happened.update(["failed"]),))
    act = run.sometimes(0.1)
    for _ in range(10_000):
        act(None)  # type: ignore[arg-type]
    assert 0.08 < happened["failed"] / 10_000 < 0.12


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_is_that_of_marked_processes_only() -> None:
    """The other one, and this process, take far more."""
    with hungry(mark="2", megabytes=120), MemoryWatch("LOAD_TEST_MARK=1") as watch:
        with hungry(mark="1", megabytes=30):
            deadline = time.monotonic() + 5
            # A first look may come before the process took its memory.
            while watch.growth_mb < 30 and time.monotonic() < deadline:
                time.sleep(0.01)
        assert 30 <= watch.growth_mb < 80


@contextmanager
def hungry(mark: str, megabytes: int) -> Iterator[None]:
    """Run a process that has taken its memory, and the mark in its environment."""
    code = f"import sys; data = b'x' * {megabytes}_000_000; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "LOAD_TEST_MARK": mark},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.communicate()
