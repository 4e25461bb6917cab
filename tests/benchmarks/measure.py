"""Time and memory of cold processes, and measurements that take turns."""

import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 600  # seconds; nothing here takes a tenth of it
SHOWN_LINES = 5
# getrusage(2): kilobytes on Linux, bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024

# A small process in between: Linux counts into a process's peak what its parent had when it
# started it, so everything would seem to need at least the memory of the benchmark.
PROBE = """\
import os, sys, time
started = time.perf_counter()
child = os.posix_spawn(
    sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, 2, 1)]
)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - started
print(os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss)
"""

Key = TypeVar("Key")
Taken = TypeVar("Taken")


class MeasurementError(Exception):
    """Something cannot be measured. The message says what to do about it."""


@dataclass(frozen=True)
class Measurement:
    """Seconds of one process, and the peak memory of the largest of it and its children."""

    seconds: float
    peak_mb: float


def seconds(samples: Sequence[Measurement]) -> float:
    """Return the usual time."""
    return statistics.median(sample.seconds for sample in samples)


def peak_mb(samples: Sequence[Measurement]) -> float:
    """Return the most memory: it has to suffice every time."""
    return max(sample.peak_mb for sample in samples)


def process(command: Sequence[object], variables: Mapping[str, str]) -> Measurement:
    """Run a command at the project's root and measure it.

    Byte code is written and used, as it is for everybody who runs a program twice. The command
    begins with an absolute path; the variables are its whole environment.

    Raises:
        MeasurementError: It failed. The message has the end of what it printed.
    """
    words = [str(word) for word in command]
    try:
        finished = subprocess.run(
            [sys.executable, "-I", "-S", "-c", PROBE, *words],
            cwd=ROOT,
            env={k: v for k, v in variables.items() if k != "PYTHONDONTWRITEBYTECODE"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise MeasurementError(str(error)) from error
    exit_code, seconds, peak = (finished.stdout.split() or ["none", "0", "0"])[:3]
    if exit_code != "0":
        shown = "\n".join(finished.stderr.splitlines()[-SHOWN_LINES:])
        raise MeasurementError(f"{' '.join(words)}: exit code {exit_code}\n{shown}")
    return Measurement(float(seconds), float(peak) * RSS_UNIT / 1_000_000)


def in_turn(
    console: Console, actions: Mapping[Key, Callable[[], Taken]], rounds: int
) -> dict[Key, list[Taken]]:
    """Call A, B, C, then A, B, C again, and return what each returned, without the first round.

    So a machine that slows down does so for all alike. The first round compiles byte code and
    fills caches. The display is drawn between calls only, so that it disturbs none.
    """
    taken: dict[Key, list[Taken]] = {key: [] for key in actions}
    turns = track(
        list(actions) * (rounds + 1),
        "measuring",
        console=console,
        transient=True,
        auto_refresh=False,
        disable=not console.is_terminal,
    )
    for key in turns:
        taken[key].append(actions[key]())
    return {key: everything[1:] for key, everything in taken.items()}
