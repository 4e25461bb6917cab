"""README.md, "Your own processor": from an empty folder to a deployed one, with four commands."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fixture_lanes import LANES

from .test_emulator import ROOT

PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Your own processor\n")[2].partition("\n## ")[0]
COMMANDS, CODE = re.findall(r"^```(?:sh|python)\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
UNREACHABLE = ("failed to fetch", "error sending request", "network connectivity is disabled")
NO_INDEX = (*UNREACHABLE, "newconnectionerror", "no matching distribution found")  # pip's, too
OF_THE_TEST = ("VIRTUAL_ENV", "PYTHONPATH", "TOX_", "UV_CONSTRAINT", "UV_BUILD_CONSTRAINT")


def run(command: str, place: Path) -> None:
    """Run a line of the page, in which the repository is this checkout's last commit."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(OF_THE_TEST)}
    as_ours = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/OWNER/serverlessapp",
    }
    done = subprocess.run(
        ["bash", "-c", command],  # noqa: S607
        cwd=place,
        env={**ours, **as_ours, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode and any(words in said.lower() for words in NO_INDEX):
        pytest.skip(f"no package index can be reached: {said[-300:]}")
    assert done.returncode == 0, f"{command}: {said}"


@pytest.mark.timeout(900)
def test_four_commands(tmp_path: Path) -> None:
    clone, install, new, demo = COMMANDS.splitlines()
    place = tmp_path / "a team"
    place.mkdir()
    run(clone, place)
    # A team's own processors, whatever they are called, are none of this test's.
    shutil.rmtree(place / "processors")
    shutil.copytree(LANES, place / "processors")
    run(install, place)
    run(new, place)

    (folder,) = map(place.joinpath, re.findall(r"`(processors/\w+/)`", SECTION))
    (folder / "main.py").write_text(CODE)
    requirement, line = re.findall(r"`([\w.-]+==[\d.]+|[A-Z]{2}\d+)`", SECTION)
    (folder / "requirements.txt").write_text(f"{requirement}\n")
    (sample,) = (folder / "samples").iterdir()
    sample.write_text(f"{sample.read_text()}{line}\n")

    seen = place / "seen.json"
    run(f"{demo} --json {seen.name}", place)
    entries = json.loads(seen.read_text())["receipts"]
    (mine,) = (entry for entry in entries if entry["processor"] == folder.name)
    assert mine["verdict"] == "verified"
    assert mine["key"].endswith(f"/{sample.name}")
