"""Runs analyzers, which are programs of their own, without a network to talk to."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SECONDS = 300
# What a program may know of this machine: no credentials, no tokens of a cloud service.
PASSED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
# Every request that obeys the environment ends here: nothing listens on the discard port.
NOWHERE = "http://127.0.0.1:9"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


class AnalyzerError(Exception):
    """An analyzer could not do its work; the message says why."""


def run(
    command: Sequence[str], *, folder: Path, home: Path, variables: Mapping[str, str] | None = None
) -> str:
    """Run an analyzer in a folder and return what it printed.

    Its exit code says only whether it found something; what it printed says what.

    Raises:
        AnalyzerError: It is not there, or takes longer than five minutes.
    """
    passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
    environment = {**passed, **dict.fromkeys(PROXIES, NOWHERE), "HOME": str(home)}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment | dict(variables or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise AnalyzerError(f"{command[0]} is missing; run: tox run -e security") from error
    except subprocess.TimeoutExpired as error:
        raise AnalyzerError(f"{command[0]} took more than {SECONDS} s") from error
    if not done.stdout.strip():
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise AnalyzerError(f"{command[0]} said nothing (exit code {done.returncode}):\n{last}")
    return done.stdout


def parsed(name: str, text: str) -> Any:
    """Return parsed JSON.

    Raises:
        AnalyzerError: It is not JSON.
    """
    try:
        return json.loads(text)
    except ValueError as error:
        raise AnalyzerError(f"{name} did not print JSON but: {text[:500]}") from error
