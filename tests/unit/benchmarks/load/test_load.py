"""The load run's own logic: sizes, faults, verdict."""

import os
import subprocess
import sys
import time
from collections import Counter

import pytest

from local.faults import actions
from local.faults.calls import Call
from tests.benchmarks.__main__ import main
from tests.benchmarks.load import faults, report, uploads
from tests.benchmarks.load.memory import MemoryWatch
from tests.benchmarks.load.outcome import Outcome
from tests.benchmarks.load.uploads import Sent

SENT = [Sent(key=f"uploads/{number}", size=1_000_000, at=0.0) for number in range(4)]
CALLS = [Call(service="s3", operation="GetObject", status=200)] * 9
FAILED = Call(service="s3", operation="GetObject", status=0)


def figures(outcome: Outcome, growth_mb: float = 10.0) -> report.Figures:
    return report.figures(SENT, outcome, [*CALLS, FAILED], growth_mb, 2.0)


def outcome(receipts: int, parked: int) -> Outcome:
    keys = [sent.key for sent in SENT]
    return Outcome(
        receipts=set(keys[:receipts]),
        parked=set(keys[receipts : receipts + parked]),
        milliseconds=[10.0, 20.0, 30.0],
    )


def test_every_file_has_to_be_somewhere() -> None:
    complete = figures(outcome(3, 1))
    assert complete.holds
    assert (complete.receipts, complete.parked, complete.failed_calls) == (3, 1, 1)
    incomplete = figures(outcome(2, 1))
    assert incomplete.missing == ["uploads/3"]
    assert not incomplete.holds


@pytest.mark.parametrize(("growth_mb", "holds"), [(128.0, True), (128.1, False), (0.0, False)])
def test_memory_is_bounded_and_was_measured(growth_mb: float, holds: bool) -> None:
    assert figures(outcome(4, 0), growth_mb).holds is holds


def test_the_same_files_every_time_with_the_large_ones_among_the_small() -> None:
    files = uploads.plan(100, 2, 5_000_000)
    assert files == uploads.plan(100, 2, 5_000_000)
    assert Counter(size == 5_000_000 for size in files.values()) == {True: 2, False: 100}
    assert not list(files)[-1].startswith("large")


def test_the_share_of_failing_calls_is_the_one_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: Counter[str] = Counter()
    monkeypatch.setattr(actions, "forward", lambda exchange: happened.update(["ok"]))
    monkeypatch.setattr(faults, "WAYS", (lambda exchange: happened.update(["failed"]),))
    act = faults.sometimes(0.1)
    for _ in range(10_000):
        act(None)  # type: ignore[arg-type]
    assert 0.08 < happened["failed"] / 10_000 < 0.12


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_is_that_of_marked_processes_only() -> None:
    hungry = "import sys; data = b'x' * 60_000_000; print(flush=True); sys.stdin.read()"
    with MemoryWatch("LOAD_TEST_MARK=1") as watch:
        assert watch.growth_mb == 0
        for mark in ("2", "1"):
            process = subprocess.Popen(
                [sys.executable, "-c", hungry],
                env={**os.environ, "LOAD_TEST_MARK": mark},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            assert process.stdout
            process.stdout.readline()
            deadline = time.monotonic() + 5
            # A first look may have come before the process took its memory.
            while mark == "1" and watch.growth_mb <= 60 and time.monotonic() < deadline:
                time.sleep(0.01)
            process.communicate()
            assert (watch.growth_mb > 60) is (mark == "1")


@pytest.mark.parametrize("option", ["--files=0", "--large=x", "--faults=1", "--faults=-0.1"])
def test_wrong_usage(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["load", option])
    assert stopped.value.code == 2
    assert "error:" in capsys.readouterr().err
