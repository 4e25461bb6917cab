"""The first Ctrl-C, or SIGTERM, ends a command; others do not disturb what cleans up."""

import signal
import subprocess
import sys

import pytest

from local.interrupt import SIGNALS
from tests.house import ROOT

PROGRAM = """\
import signal
from local import interrupt
interrupt.obey()
try:
    print("ready", flush=True)
    signal.pause()
except KeyboardInterrupt:
    print("cleaning up", flush=True)
    print(input(), flush=True)
    raise SystemExit(130)
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_counts(number: signal.Signals) -> None:
    """Also in a job that a shell started in the background, where SIGINT is ignored."""
    command = ["bash", "-c", "trap '' INT; exec \"$@\"", "bash", sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        for said in ("ready\n", "cleaning up\n"):
            assert process.stdout.readline() == said
            process.send_signal(number)
        assert process.communicate("clean")[0] == "clean\n"
    assert process.returncode == 130
