"""The emulator starts, serves, and is always gone afterwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.emulator import Emulator, EmulatorError

from .conftest import is_running, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent


def test_each_has_its_own_data_and_leaves_none() -> None:
    with Emulator() as first, Emulator() as second:
        folders = [first._folder, second._folder]
        processes = [first.process_id, second.process_id]
        first.session().client("sqs").create_queue(QueueName="mine")
        assert not second.session().client("sqs").list_queues().get("QueueUrls")
    assert not [folder for folder in folders if folder.exists()]
    assert not [process for process in processes if is_running(process)]


def test_is_stopped_when_the_test_fails() -> None:
    with pytest.raises(RuntimeError), Emulator() as emulator:
        process = emulator.process_id
        raise RuntimeError
    assert not is_running(process)


def test_dies_with_its_parent() -> None:
    """A killed test run must not leave a server behind."""
    script = (
        "from local.emulator import Emulator\n"
        "emulator = Emulator()\n"
        "emulator.start()\n"
        "print(emulator.process_id, emulator._folder, flush=True)\n"
        "input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout
        process, _, folder = parent.stdout.readline().rstrip().partition(" ")
        assert is_running(int(process))
        assert Path(folder).is_dir()
        parent.kill()
    wait_until("the emulator's end", lambda: not is_running(int(process)))
    wait_until("its data's end", lambda: not Path(folder).exists())


def test_a_start_that_fails_says_why() -> None:
    with pytest.raises(EmulatorError, match="did not start"):
        Emulator(settings={"PYTHONPATH": "/nonexistent", "PYTHONHOME": "/nonexistent"}).start()
