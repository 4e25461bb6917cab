"""The emulator's process accepts one version of ministack."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import server


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
