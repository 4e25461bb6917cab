"""README.md: a newcomer's way, timed, with what it prints: a processed file, an own processor.

Offline afterwards, in a folder with a space in its name. ``pytest -rP`` shows the seconds.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fixture_lanes import LANES

from .aws_cli_v2 import UNREACHABLE
from .test_emulator import ROOT

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Your own processor\n")[2].partition("\n## ")[0]
COMMANDS, CODE = re.findall(r"^```(?:sh|python)\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
CLONE, INSTALL, NEW, DEMO = COMMANDS.splitlines()  # an own processor, with four commands
FIRST = "make demo"  # a processed file, with two: CLONE and this
RUNBOOK = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
NO_INDEX = (*UNREACHABLE, "newconnectionerror", "no matching distribution found")  # pip's, too
OF_THE_TEST = ("VIRTUAL_ENV", "PYTHONPATH", "TOX_", "UV_CONSTRAINT", "UV_BUILD_CONSTRAINT")
# Of Linux: a namespace without a network but the loopback interface, which is down in a new one: up
# by SIOCSIFFLAGS with IFF_UP.
OFFLINE = ("unshare", "--map-root-user", "--net")
LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))
os.execvp("bash", ["bash", "-c", sys.argv[1]])
"""


def run(command: str, place: Path, *before: str, **more: str) -> str:
    """Run a command of a page and return what it says; the repository is this one's last commit."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(OF_THE_TEST)}
    as_ours = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/OWNER/serverlessapp",
    }
    started = time.monotonic()
    done = subprocess.run(
        [*(before or ("bash", "-c")), command],
        cwd=place,
        env={**ours, **as_ours, "COLUMNS": "120", **more},
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"{time.monotonic() - started:6.1f} s{' offline' if before else ''}  {command}")
    said = done.stdout + done.stderr
    if done.returncode and not before and any(words in said.lower() for words in NO_INDEX):
        pytest.skip(f"no package index can be reached: {said[-300:]}")
    assert done.returncode == 0, f"{command}: {said}"
    return said


def offline(command: str, place: Path) -> str:
    """Run a command where nothing but this machine can be reached."""
    return run(command, place, *OFFLINE, sys.executable, "-c", LOOPBACK)


def needs_no_network(command: str, place: Path) -> None:
    """Run a command again, offline where this system can be asked for that."""
    if shutil.which(OFFLINE[0]) and not subprocess.run([*OFFLINE, "true"], check=False).returncode:
        assert "checks held" in offline(command, place)
    else:
        print(f"not run offline, since this system refuses {' '.join(OFFLINE)}: {command}")


@pytest.mark.timeout(1800)
def test_two_commands_and_four(tmp_path: Path) -> None:
    assert re.search(rf"^{FIRST}$", PAGE, re.MULTILINE)
    assert "#" not in COMMANDS, "zsh, which macOS has, takes a comment for arguments"
    place = tmp_path / "a team"
    place.mkdir()
    run(CLONE, place)
    # A team's own processors, whatever they are called, are none of this test's.
    shutil.rmtree(place / "processors")
    shutil.copytree(LANES, place / "processors")
    assert "checks held" in run(FIRST, place)
    needs_no_network(FIRST, place)

    run(INSTALL, place)
    first, *_ = re.findall(r"^  (\.venv/bin/python -m local process .+?)  ", run(NEW, place), re.M)
    assert f"{NEW.split()[-1]} processed" in run(first, place)
    (folder,) = map(place.joinpath, re.findall(r"`(processors/\w+/)`", SECTION))
    (folder / "main.py").write_text(CODE)
    requirement, line = re.findall(r"`([\w.-]+==[\d.]+|[A-Z]{2}\d+)`", SECTION)
    (folder / "requirements.txt").write_text(f"{requirement}\n")
    (sample,) = (folder / "samples").iterdir()
    sample.write_text(f"{sample.read_text()}{line}\n")

    seen = place / "seen.json"
    run(f"{DEMO} --json {seen.name}", place)
    entries = json.loads(seen.read_text())["receipts"]
    (mine,) = (entry for entry in entries if entry["processor"] == folder.name)
    assert mine["verdict"] == "verified"
    assert mine["key"].endswith(f"/{sample.name}")
    needs_no_network(DEMO, place)


@pytest.mark.timeout(900)
def test_an_operators_machine(tmp_path: Path) -> None:
    """An environment of its own, for the tool and the AWS CLI, as the runbook prints it."""
    install, functions = re.findall(r"^```sh\n(.*?)^```$", RUNBOOK, re.DOTALL | re.MULTILINE)[:2]
    place, home = tmp_path / "a team", tmp_path / "home"
    place.mkdir()
    home.mkdir()
    cache = os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))
    run(CLONE, place)
    run(install, place, HOME=str(home), PIP_CACHE_DIR=cache)
    where = "type -p serverlessapp aws && serverlessapp --version && aws --version"
    said = run(f"{functions}{where}", place, HOME=str(home))
    assert said.count(f"{home}/.serverlessapp/bin/") == 2, said
