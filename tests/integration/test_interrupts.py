"""Ctrl-C at a terminal, however the command was started: 130, and nothing is left."""

import fcntl
import os
import pty
import select
import shutil
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


def type_ctrl_c(command: tuple[str, ...], marker: str, scratch: Path) -> tuple[int, str]:
    """Run a command at a terminal of its own, type Ctrl-C when it says something; twice.

    Returns:
        Exit code (negative: it died of a signal), and what was said.
    """
    scratch.mkdir()
    ours, its = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(scratch), "COLUMNS": "120"},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,
    )
    os.close(its)
    said, typed, deadline = "", False, time.monotonic() + WAIT_SECONDS
    try:
        while text := read(ours):
            said += text
            if marker in said and not typed:
                typed = True
                os.write(ours, b"\x03")
                time.sleep(POLL_SECONDS)  # nobody says when the first was noticed
                os.write(ours, b"\x03")
            assert time.monotonic() < deadline, said
        return process.wait(WAIT_SECONDS), said
    finally:
        os.close(ours)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def read(terminal: int) -> str:
    """Return what was said; nothing when nobody is left to say something."""
    if not select.select([terminal], [], [], WAIT_SECONDS)[0]:
        return ""
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # Linux's way to say that
        return ""


def left(scratch: Path) -> list[str]:
    """Return the files and processes that are left."""
    files = [str(path) for path in scratch.iterdir()]
    wanted = os.fsencode(scratch)
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            files += [environ.parent.name] if wanted in environ.read_bytes() else []
        except OSError:  # it has ended, or is somebody else's
            continue
    return files


def tox(folder: Path) -> str:
    """Return a program that is tox with this project's settings, but installs nothing."""
    program = shutil.which(ROOT / ".venv/bin/tox") or shutil.which("tox")
    if not program:
        pytest.skip("no tox in .venv, where make puts it")
    settings = {
        "package": "skip",
        "extras": "",
        "allowlist_externals": "*",
        "commands": f"'{sys.executable}' -m local demo",
    }
    options = [f'-x "testenv:demo.{name}={value}"' for name, value in settings.items()]
    script = folder / "tox"
    script.write_text(
        f'#!/bin/sh\nexec "{program}" "$@" --workdir "{folder}/work" {" ".join(options)}\n'
    )
    script.chmod(0o755)
    return str(script)


@pytest.mark.parametrize(
    ("command", "marker"), [("demo", "CREATE_COMPLETE"), ("emulator", "Ctrl-C stops it")]
)
def test_what_runs_an_emulator(command: str, marker: str, tmp_path: Path) -> None:
    code, said = type_ctrl_c((*LOCAL, command), marker, tmp_path / "scratch")
    assert (code, left(tmp_path / "scratch")) == (130, []), said
    assert "Traceback" not in said


def test_through_tox(tmp_path: Path) -> None:
    command = (tox(tmp_path), "run", "-q", "-e", "demo")
    code, said = type_ctrl_c(command, "CREATE_COMPLETE", tmp_path / "scratch")
    assert (code, left(tmp_path / "scratch")) == (130, []), said
