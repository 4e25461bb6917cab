"""The interpreter that has aws-cdk-lib: one of its own, so that nothing weighs on the project."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import MeasurementError

ASK = """\
import importlib.metadata, platform
try:
    print(importlib.metadata.version("aws-cdk-lib"), platform.python_version())
except importlib.metadata.PackageNotFoundError:
    print("lacks it")
"""
ADVICE = """\
make one with: tox run -e bench-cdk --notest
or install tests/benchmarks/cdk-requirements.txt into a virtual environment"""


@dataclass(frozen=True)
class Versions:
    """What runs the CDK app."""

    cdk: str
    python: str
    node: str


def versions(python: Path) -> Versions:
    """Return what an interpreter would run the CDK app with.

    Raises:
        MeasurementError: It is no interpreter, or lacks aws-cdk-lib or node.
    """
    answer = ask([str(python), "-c", ASK], f"{python} is not a Python interpreter")
    if answer == "lacks it":
        raise MeasurementError(f"{python} has no aws-cdk-lib\n{ADVICE}")
    cdk_version, python_version = answer.split()
    # Where jsii, which runs CDK, looks for it.
    node = shutil.which(os.environ.get("JSII_NODE", "node"))
    if node is None:
        raise MeasurementError("CDK needs node, which is not on the PATH; install Node.js")
    return Versions(cdk_version, python_version, ask([node, "--version"], f"{node} does not run"))


def ask(command: list[str], otherwise: str) -> str:
    """Return what a command prints.

    Raises:
        MeasurementError: It cannot be run.
    """
    try:
        return subprocess.run(
            command, capture_output=True, check=True, text=True, timeout=60
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise MeasurementError(f"{otherwise}: {error}\n{ADVICE}") from error
