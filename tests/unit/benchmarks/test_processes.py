"""One process is measured, and nothing else with it."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.processes import MeasurementError, environment, measure


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", code)


def test_time_and_memory_are_those_of_the_command(tmp_path: Path) -> None:
    sample = measure(python("import time; x = b'x' * 80_000_000; time.sleep(0.2)"), tmp_path, {})
    assert 0.2 <= sample.seconds < 10
    assert 80 < sample.peak_mb < 120


def test_memory_of_the_benchmark_does_not_count(tmp_path: Path) -> None:
    ballast = b"x" * 150_000_000
    assert measure(python("pass"), tmp_path, {}).peak_mb < 40
    assert len(ballast) == 150_000_000


def test_a_command_may_print(tmp_path: Path) -> None:
    assert measure(python("print('9 9 9')"), tmp_path, {}).seconds < 9


def test_failure_tells_the_end_of_what_was_printed(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match=r"(?s)exit code 3\n.*the reason"):
        measure(python("print('the reason', flush=True); raise SystemExit(3)"), tmp_path, {})


def test_missing_command(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="No such file"):
        measure((str(tmp_path / "nothing"),), tmp_path, {})


def test_measured_processes_use_byte_code() -> None:
    current = {"PYTHONDONTWRITEBYTECODE": "1", "A": "1", "B": "1"}
    assert environment(current, {"B": "2"}) == {"A": "1", "B": "2"}
