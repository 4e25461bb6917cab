"""One process is measured, and nothing else with it; several take turns."""

import os
import sys
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from tests.benchmarks.measure import (
    Measurement,
    MeasurementError,
    in_turn,
    peak_mb,
    process,
    seconds,
)


def python(code: str, **variables: str) -> Measurement:
    return process([sys.executable, "-I", "-S", "-c", code], variables)


def test_time_and_memory_are_those_of_the_command() -> None:
    sample = python("import time; x = b'x' * 80_000_000; time.sleep(0.2)")
    assert 0.2 <= sample.seconds < 10
    assert 80 < sample.peak_mb < 120


def test_memory_of_the_benchmark_does_not_count() -> None:
    ballast = b"x" * 150_000_000
    assert python("pass").peak_mb < 40
    assert len(ballast) == 150_000_000


def test_a_command_may_print() -> None:
    assert python("print('9 9 9')").seconds < 9


def test_failure_tells_the_end_of_what_was_printed() -> None:
    with pytest.raises(MeasurementError, match=r"(?s)exit code 3\n.*the reason"):
        python("print('the reason', flush=True); raise SystemExit(3)")


def test_missing_command(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="No such file"):
        process([tmp_path / "nothing"], os.environ)


def test_measured_processes_use_byte_code() -> None:
    code = "import os; assert os.environ['A'] and 'PYTHONDONTWRITEBYTECODE' not in os.environ"
    python(code, A="1", PYTHONDONTWRITEBYTECODE="1")


def test_everybody_has_a_turn_in_each_round_and_the_first_does_not_count() -> None:
    order: list[str] = []

    def action(name: str) -> int:
        order.append(name)
        return len(order)

    taken = in_turn(Console(quiet=True), {name: partial(action, name) for name in "abc"}, 2)
    assert "".join(order) == "abcabcabc"
    assert taken == {"a": [4, 7], "b": [5, 8], "c": [6, 9]}


def test_a_disturbed_round_does_not_move_the_median_and_memory_is_the_worst() -> None:
    samples = [Measurement(1, 20), Measurement(60, 30), Measurement(2, 10)]
    assert (seconds(samples), peak_mb(samples)) == (2, 30)
