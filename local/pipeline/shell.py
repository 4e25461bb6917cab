"""Commands of a buildspec in one bash, phase by phase, as CodeBuild runs them.

Source: CodeBuild User Guide, "Build environment ... shell" and "Phase transitions": phases share
one shell; a failed command ends its phase; ``finally`` runs anyway; ``post_build`` runs after a
``build`` that failed, not after anything else that did.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.pipeline.errors import PipelineError
from serverlessapp.template.pipeline.buildspec import PHASES, Buildspec

SCRIPT = r"""
phase() {
  local file status=0
  for file in "$PHASES/$1".commands.*; do
    [ -e "$file" ] || continue
    printf '$ %s\n' "$(cat "$file")"
    eval "$(cat "$file")"; status=$?
    if [ $status -ne 0 ]; then echo "command failed with exit status $status"; break; fi
  done
  for file in "$PHASES/$1".finally.*; do
    [ -e "$file" ] || continue
    printf '$ %s\n' "$(cat "$file")"
    eval "$(cat "$file")" || { [ $status -ne 0 ] || status=1; }
  done
  echo "$status" > "$PHASES/$1.ended"
  return $status
}
failed=0
if phase install && phase pre_build; then
  phase build || { failed=1; export CODEBUILD_BUILD_SUCCEEDING=0; }
  phase post_build || failed=1
else
  failed=1
fi
for name in $EXPORTS; do printf '%s=%s\0' "$name" "${!name}" >> "$PHASES/exports"; done
exit $failed
"""
KILL_SECONDS = 5.0
POLL_SECONDS = 0.5


def run(
    spec: Buildspec,
    *,
    source: Path,
    scratch: Path,
    environment: Mapping[str, str],
    log: Path,
    timeout: float,
    stopped: threading.Event,
    memory: int | None = None,
    within: Sequence[str] = (),
) -> dict[str, str]:
    """Run the phases, and return the exported variables; empty where they were not set.

    Args:
        spec: What to run.
        source: Where to start.
        scratch: An empty folder for the commands and what comes back.
        environment: All that the commands know, and ``PHASES``: what they call ``scratch``.
        log: What they print goes there.
        timeout: Seconds.
        stopped: Set by whoever wants it to end before.
        memory: Megabytes that all of its processes may use together.
        within: What runs the shell.
    """
    for phase in PHASES:
        section = spec.section("phases", phase)
        for block in ("commands", "finally"):
            for number, command in enumerate(section.get(block) or []):
                (scratch / f"{phase}.{block}.{number:03d}").write_text(command, encoding="utf-8")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*within, "bash", "-c", SCRIPT],  # the user's own bash
            cwd=source,
            env={"PHASES": str(scratch), **environment, "EXPORTS": " ".join(spec.exports)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = wait(process, timeout, stopped, memory)
        finally:
            end(process)
    if status:
        raise PipelineError(f"phase {failed_phase(scratch)} failed")
    return exports(scratch / "exports")


def wait(
    process: "subprocess.Popen[bytes]", timeout: float, stopped: threading.Event, memory: int | None
) -> int:
    """Return the exit status of a shell."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if stopped.is_set():
            raise PipelineError("stopped")
        if memory and used(process.pid) > memory:
            raise PipelineError(f"it used more than {memory} MB of memory")
        with suppress(subprocess.TimeoutExpired):
            return process.wait(POLL_SECONDS)
    raise PipelineError(
        f"it took longer than {timeout / 60:g} minutes, the build's limit on AWS: if other "
        "programs slow this machine down, end them and run it again"
    )


def used(session: int) -> float:
    """Return the megabytes of a session's processes, each shared page once; 0 without /proc."""
    kilobytes = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            # After the name, which may have spaces: state, parent, group, session.
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                shares = (folder / "smaps_rollup").read_text().splitlines()
                kilobytes += sum(int(line.split()[1]) for line in shares if line.startswith("Pss:"))
    return kilobytes / 1024


def end(process: "subprocess.Popen[bytes]") -> None:
    """End whatever a shell has left running."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + KILL_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)


def exports(file: Path) -> dict[str, str]:
    content = file.read_text(encoding="utf-8") if file.exists() else ""
    pairs = (item.partition("=") for item in content.split("\0") if item)
    return {name: value for name, _, value in pairs}


def failed_phase(scratch: Path) -> str:
    for phase in PHASES:
        ended = scratch / f"{phase}.ended"
        if not ended.exists() or ended.read_text().strip() != "0":
            return phase
    return PHASES[-1]
