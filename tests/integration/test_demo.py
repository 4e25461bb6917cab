"""The demo as a user runs it."""

import json
import os
import re
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


def test_kept_running_it_can_be_reached_and_ended() -> None:
    result = run_demo("--keep")
    assert result.returncode == 0, result.stdout + result.stderr
    process = int(re.findall(r"kill (\d+)", result.stdout)[0])
    try:
        assert is_running(process)
        assert re.search(r"AWS_ENDPOINT_URL=http://127\.0\.0\.1:\d+", result.stdout)
        assert "aws s3 cp" in result.stdout
    finally:
        os.kill(process, signal.SIGTERM)
    wait_until("the emulator's end", lambda: not is_running(process))


def test_a_busy_port_is_one_clear_line(emulator: object) -> None:
    port = emulator.port  # type: ignore[attr-defined]
    result = run_demo("--port", str(port))
    assert result.returncode == 1
    assert f"error: port {port}" in result.stderr
    assert "Traceback" not in result.stderr
