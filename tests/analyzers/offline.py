"""Runs an analyzer, which is a program of its own, without a network to talk to."""

import os
import subprocess
from pathlib import Path

SECONDS = 300
# What a program may know of this machine: no credentials, no tokens of a cloud service.
PASSED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
# Every request that obeys the environment ends here: nothing listens on the discard port.
NOWHERE = "http://127.0.0.1:9"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def run(*command: str | Path, folder: Path, **variables: str) -> str:
    """Return what an analyzer printed; its exit code only says whether it found something.

    Args:
        command: The program and its arguments.
        folder: Where it runs. Its home is there too, so it finds no settings of anybody.
        variables: More of its environment.
    """
    passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
    done = subprocess.run(
        command,
        cwd=folder,
        env=passed | dict.fromkeys(PROXIES, NOWHERE) | {"HOME": str(folder)} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.stdout, done.stderr
    return done.stdout
