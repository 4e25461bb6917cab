"""The demo as a user runs it: README.md, docs/processors.md."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from local.demo import samples
from tests.fixture_lanes import FORK, LANES

from .conftest import WAIT_SECONDS, is_running, wait_until
from .test_emulator import ROOT


def run_demo(*arguments: str, processors: Path = LANES) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", "demo", "--processors", str(processors), *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )


def test_everything_holds_and_is_written_down(tmp_path: Path) -> None:
    seen_file = tmp_path / "seen.json"
    page = tmp_path / "seen.html"
    result = run_demo("--json", str(seen_file), "--page", str(page))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "checks held" in result.stdout
    assert "\x1b[" not in result.stdout, "plain text where there is no terminal"
    seen = json.loads(seen_file.read_text())
    assert all(seen["checks"].values())
    assert len(seen["receipts"]) == len(samples.processed())
    assert seen["leftovers"] == {}
    assert seen["metrics"]["receipts"]["ProcessedFileSize"]["values"] == len(samples.processed())
    assert [file["key"] for file in seen["parked"]] == [f"uploads/{samples.DAMAGED_KEY}"]
    assert {event["status"] for event in seen["events"]} >= {"CREATE_COMPLETE", "DELETE_COMPLETE"}
    assert "password" not in seen_file.read_text() + page.read_text()
    assert "<td>IngestQueue</td>" in page.read_text()


def test_a_teams_own_processors_without_receipts(tmp_path: Path) -> None:
    """Each is packaged, gets its own files from the same bucket, and signs its entries."""
    seen_file = tmp_path / "seen.json"
    result = run_demo("--json", str(seen_file), processors=FORK)
    assert result.returncode == 0, result.stdout + result.stderr
    seen = json.loads(seen_file.read_text())
    assert {entry["processor"]: entry["key"] for entry in seen["receipts"]} == {
        "csv": "uploads/reports/orders.csv",
        "pdf": "uploads/letter.pdf",
    }
    assert {entry["verdict"] for entry in seen["receipts"]} == {"verified"}
    assert seen["metrics"]["csv"]["Amounts"]["sum"] == 2
    assert seen["parked"] == []


def test_kept_running_any_terminal_reaches_it_as_it_says(aws: Path, tmp_path: Path) -> None:
    """Each line that it prints, in a shell that knows another account, profile and Region."""
    result = run_demo("--keep")
    assert result.returncode == 0, result.stdout + result.stderr
    printed = result.stdout.partition("In any terminal")[2].splitlines()[1:]
    (end,) = [line for line in printed if line.startswith("kill ")]
    # And one that it does not print: version 1 asks for queues elsewhere, in most Regions.
    lines = [*printed[: printed.index("")], "aws sqs list-queues --output text"]
    process = int(end.split()[1])
    try:
        assert is_running(process)
        assert not [line for line in lines if "#" in line], "no comment, for zsh"
        told = subprocess.run(
            ["/bin/bash", "-ec", "\n".join(lines)],
            cwd=tmp_path,
            env={
                "HOME": str(tmp_path),
                "PATH": f"{aws}:{os.environ['PATH']}",
                "AWS_PROFILE": "other",
                "AWS_REGION": "eu-west-1",
                "AWS_SESSION_TOKEN": "other",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr
        assert samples.DAMAGED_KEY in told.stdout, "the function's log"
        assert "\nverdict:   verified\n" in told.stdout, "of the receipt"
        subprocess.run(["/bin/bash", "-c", end], check=True)
        wait_until("the emulator's end", lambda: not is_running(process))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


def test_a_busy_port_is_one_clear_line(emulator: object) -> None:
    port = emulator.port  # type: ignore[attr-defined]
    result = run_demo("--port", str(port))
    assert result.returncode == 1
    assert f"error: cannot use port {port}" in result.stderr
    assert "Traceback" not in result.stderr
