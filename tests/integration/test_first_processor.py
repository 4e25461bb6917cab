"""docs/processors.md: from an empty folder to one's own processor, with at most four commands."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .test_emulator import ROOT

PAGE = (ROOT / "docs" / "processors.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## Try it\n")[2]
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)[0].splitlines()
UNREACHABLE = ("failed to fetch", "error sending request", "network connectivity is disabled")
CODE = '''"""Counts the pages of a PDF."""

import io

from index import Context, File
from pypdf import PdfReader


def process(file: File, context: Context) -> dict[str, object]:
    with context.open() as download:
        return {"pages": len(PdfReader(io.BytesIO(download.read())).pages)}
'''


def run(command: list[str], place: Path, programs: Path) -> None:
    """Run a command of the page; what it installs comes through uv's cache."""
    path = os.pathsep.join((str(programs), os.environ["PATH"]))
    done = subprocess.run(
        command,
        cwd=place,
        env={**os.environ, "PATH": path, "VIRTUAL_ENV": str(programs.parent), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode and any(words in said.lower() for words in UNREACHABLE):
        pytest.skip(f"no package index can be reached: {said[-300:]}")
    assert done.returncode == 0, f"{command}: {said}"


@pytest.mark.timeout(900)
def test_four_commands(tmp_path: Path) -> None:
    """The repository is this checkout's last commit, and pip is uv's."""
    clone, install, new, demo = map(shlex.split, COMMANDS)
    place, programs = tmp_path / "team", tmp_path / "venv" / "bin"
    place.mkdir()
    uv = [sys.executable, "-m", "uv"]
    run([*uv, "venv", "--quiet", "--python", sys.executable, str(programs.parent)], place, programs)

    assert clone[:2] == ["git", "clone"]
    run(["git", "clone", "--quiet", str(ROOT), clone[-1]], place, programs)
    assert install[:2] == ["pip", "install"]
    # Named, since uv takes the environment that it is installed in for the one that is meant.
    run([*uv, *install, "--python", str(programs / "python")], place, programs)
    run([str(programs / new[0]), *new[1:]], place, programs)

    folder = place / "processors" / new[-1]
    (folder / "main.py").write_text(CODE)
    (folder / "requirements.txt").write_text("pypdf==7.1.1\n")
    toml = folder / "processor.toml"
    toml.write_text(toml.read_text().replace(".txt", ".pdf"))
    for sample in (folder / "samples").iterdir():
        sample.unlink()
    letter = (ROOT / "examples/pages/samples/letter.pdf").read_bytes()
    (folder / "samples" / "letter.pdf").write_bytes(letter)

    seen = tmp_path / "seen.json"
    run([str(programs / demo[0]), *demo[1:], "--json", str(seen)], place, programs)
    entries = json.loads(seen.read_text())["receipts"]
    (mine,) = (entry for entry in entries if entry["processor"] == new[-1])
    assert mine["verdict"] == "verified"
    assert mine["key"].endswith("/letter.pdf")
