"""Runs taskcat's own command line, as anybody would, in the environment made for it."""

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.acceptance.staging import ROOT, Staged

PLUGINS = ROOT / "tests/acceptance/plugins"
# What taskcat may know of this machine. Everything else, AWS profiles above all, stays outside.
PASSED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE")
# Where its plugins write what they see.
RESULTS = "ACCEPTANCE_RESULTS"
# taskcat's name for the setting ``project: s3_bucket``.
BUCKET = "TASKCAT_PROJECT_S3_BUCKET"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class TaskcatError(Exception):
    """taskcat cannot be started; the message says what to do."""


def run(
    staged: Staged,
    *,
    program: Path,
    bucket: str,
    results: Path,
    variables: Mapping[str, str],
    show: Callable[[str], None],
) -> int:
    """Run all tests and return taskcat's exit code.

    taskcat deletes its stacks on Ctrl-C, which reaches it too; so an interrupt here waits for it.

    Args:
        staged: What it tests.
        program: taskcat's executable.
        bucket: Beginning of the names of its artifact buckets; a Region follows.
        results: Where its report, its log and what our plugins see go.
        variables: Credentials and endpoint.
        show: Gets each line it prints, at once.

    Raises:
        TaskcatError: It is not installed.
    """
    # Not its lint: that reads each template with all rules once for each test and Region, half a
    # minute for what the environment "templates" does in seconds.
    command = [str(program), "test", "run", "--minimal-output", "--lint-disable"]
    command += ["--project-root", str(staged.project), "--output-directory", str(results)]
    try:
        process = subprocess.Popen(
            command,
            cwd=staged.home,
            env=environment(staged.home) | {RESULTS: str(results), BUCKET: bucket, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as error:
        raise TaskcatError(f"{program} is missing; run: tox run -e taskcat") from error
    with process:
        try:
            relay(process, results / "taskcat.log", show)
        except KeyboardInterrupt:
            show("interrupted; taskcat deletes its stacks")
            relay(process, results / "taskcat.log", show)
            raise
    return process.returncode


def relay(process: subprocess.Popen[str], log: Path, show: Callable[[str], None]) -> None:
    """Pass on what the process prints until it has nothing more to say."""
    with log.open("a", encoding="utf-8") as file:
        for line in process.stdout or ():
            plain = COLOUR.sub("", line).rstrip()
            file.write(plain + "\n")
            file.flush()
            if plain:
                show(plain)


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a user without any settings."""
    passed = {name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ}
    return {
        **passed,
        "HOME": str(home),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": os.pathsep.join((str(PLUGINS), str(ROOT))),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # about pkg_resources, which taskcat imports
    }
