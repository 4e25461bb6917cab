"""Ctrl-C at a terminal, however the command was started: 130, and nothing is left."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from .conftest import POLL_SECONDS, WAIT_SECONDS
from .test_emulator import ROOT

LOCAL = (sys.executable, "-m", "local")
TOX = ".venv/bin/tox"
SLOW = """\
import os, time

def make(file, context):
    os.write(2, b"processing\\n")
    time.sleep(600)
"""


def type_ctrl_c(
    command: tuple[str, ...], marker: str, scratch: Path, **variables: str
) -> tuple[int, str]:
    """Run a command at a terminal of its own, type Ctrl-C when it says something; twice.

    Returns:
        Exit code (negative: it died of a signal), and what was said.
    """
    scratch.mkdir()
    ours, its = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(scratch), "COLUMNS": "120", **variables},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        preexec_fn=as_a_shell,
    )
    os.close(its)
    said = ""
    try:
        said += read(ours, marker)
        os.write(ours, b"\x03")
        time.sleep(POLL_SECONDS)  # nobody says when the first was noticed
        os.write(ours, b"\x03")
        said += read(ours)
        return process.wait(WAIT_SECONDS), said
    finally:
        os.close(ours)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def as_a_shell() -> None:
    """Take the terminal, and do not ignore Ctrl-C, also where whoever runs the tests ignores it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def read(terminal: int, marker: str = "") -> str:
    """Return what is said until the marker, or until nobody is left to say something."""
    said, deadline = "", time.monotonic() + WAIT_SECONDS
    while not (marker and marker in said):
        left = max(0, deadline - time.monotonic())
        assert select.select([terminal], [], [], left)[0], f"waited in vain for {marker}: {said}"
        try:
            said += os.read(terminal, 4096).decode(errors="replace")
        except OSError:  # Linux's way to say that nobody is left
            assert not marker, said
            return said
    return said


def remains(scratch: Path) -> list[str]:
    """Return the files and processes that are left."""
    files = [str(path) for path in scratch.iterdir()]
    wanted = os.fsencode(scratch)
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            files += [environ.parent.name] if wanted in environ.read_bytes() else []
        except OSError:  # it has ended, or is somebody else's
            continue
    return files


@pytest.fixture
def slow(tmp_path: Path) -> str:
    """Write a processor that needs ten minutes for a file."""
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "processor.toml").write_text('handler = "slow:make"\n')
    (folder / "slow.py").write_text(SLOW)
    (folder / "samples").mkdir()
    (folder / "samples/file.txt").write_text("a sample\n")
    return str(folder)


def test_an_emulator(tmp_path: Path) -> None:
    code, said = type_ctrl_c((*LOCAL, "emulator"), "Ctrl-C stops it", tmp_path / "scratch")
    assert (code, remains(tmp_path / "scratch")) == (130, []), said
    assert "Traceback" not in said


def test_a_processor(slow: str, tmp_path: Path) -> None:
    command = (*LOCAL, "process", slow, "README.md")
    code, said = type_ctrl_c(command, "processing", tmp_path / "scratch")
    assert (code, remains(tmp_path / "scratch")) == (130, []), said
    assert "Traceback" not in said


def test_the_demo_through_make_and_tox(tmp_path: Path) -> None:
    """With this project's settings, but nothing is installed."""
    if not (ROOT / TOX).exists():
        pytest.skip(f"no {TOX}, where make puts it")
    settings = {
        "package": "skip",
        "extras": "",
        "allowlist_externals": "*",
        "commands": f"'{sys.executable}' -m local demo",
    }
    variables = {
        "TOX_OVERRIDE": ";".join(f"testenv:demo.{name}={settings[name]}" for name in settings),
        "TOX_WORK_DIR": str(tmp_path / "work"),
    }
    command = ("make", f"--old-file={TOX}", "demo")
    code, said = type_ctrl_c(command, "Generate and lint", tmp_path / "scratch", **variables)
    # make ends as it would have without a handler, which is 130 to a shell.
    assert (code, remains(tmp_path / "scratch")) == (-signal.SIGINT, []), said
    assert "Error 130" in said
    assert "Traceback" not in said
