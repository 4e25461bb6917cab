"""One cold process: how long it takes from start to end, and how much memory it needs at most."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROBE = Path(__file__).resolve().parent / "probe.py"
# getrusage(2): kilobytes on Linux, bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
MEGABYTE = 1_000_000
TIMEOUT = 600  # seconds; nothing here takes a tenth of it
SHOWN_LINES = 5


class MeasurementError(Exception):
    """Something cannot be measured. The message says what to do about it."""


@dataclass(frozen=True)
class Sample:
    """What one process took."""

    seconds: float
    peak_mb: float  # of its largest process, where it starts others


def environment(current: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a measured process.

    Byte code is written and used, as it is for everybody who runs a program twice.
    """
    variables = {**current, **extra}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    return variables


def measure(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Sample:
    """Run a command in a folder and measure it.

    Raises:
        MeasurementError: It failed. The message has the end of what it printed.
    """
    try:
        finished = subprocess.run(
            [sys.executable, "-I", "-S", str(PROBE), *command],
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MeasurementError(str(error)) from error
    exit_code, seconds, peak = (finished.stdout.split() or ["none", "0", "0"])[:3]
    if exit_code != "0":
        shown = "\n".join(finished.stderr.splitlines()[-SHOWN_LINES:])
        raise MeasurementError(f"{' '.join(command)}: exit code {exit_code}\n{shown}")
    return Sample(float(seconds), float(peak) * RSS_UNIT / MEGABYTE)
