"""The correction of ministack, on its own; that it is needed is shown on the emulator."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import server

LIMIT = {"ScalingConfig": {"MaximumConcurrency": "10"}, "BatchSize": 10}


def test_a_limit_becomes_a_number_and_the_rest_stays() -> None:
    corrected = server.with_numeric_concurrency(lambda *arguments: arguments)
    assert corrected("Mapping", LIMIT, "stack") == (
        "Mapping",
        {"ScalingConfig": {"MaximumConcurrency": 10}, "BatchSize": 10},
        "stack",
    )
    assert LIMIT["ScalingConfig"] == {"MaximumConcurrency": "10"}, "the caller's is untouched"


@pytest.mark.parametrize("value", [{}, {"ScalingConfig": {}}, {"ScalingConfig": None}, "x", None])
def test_anything_else_stays_as_it_is(value: object) -> None:
    assert server.numeric_concurrency(value) == value


def test_another_version_of_ministack_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "version", lambda name: "9.9.9")
    assert server.main([str(tmp_path), "--outlive-parent"]) == 1
    assert "installed is 9.9.9" in capsys.readouterr().out


def test_the_pinned_version_is_the_installed_one() -> None:
    command = "import importlib.metadata as m; print(m.version('ministack'))"
    found = subprocess.run([sys.executable, "-c", command], check=True, capture_output=True)
    assert found.stdout.decode().strip() == server.MINISTACK_VERSION
