"""A Python that has what a processor needs, and nothing of the project."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from serverlessapp.errors import OperatorError
from serverlessapp.processors.definition import Processor

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".tox" / "processors"  # "make clean" removes it
LAMBDA = (3, 13)
# What else runs in it, in the project's versions, whether they are installed here or not. Lambda
# has botocore, too, at a version of its own.
TOOLS = re.compile(r"^(?:botocore|pytest)==[\w.]+", re.MULTILINE)
LOCK = ROOT / "requirements" / "project.txt"
UV = (sys.executable, "-m", "uv", "--quiet", "--no-progress", "--color", "never")


class DependencyError(OperatorError):
    """A processor's dependencies cannot be installed; the message says why."""


def python(processor: Processor) -> Path:
    """Return the Python to run a processor with: this one, if it has no requirements.

    The environment is kept for as long as the requirements stay the same, so a second run
    needs no network.

    Raises:
        DependencyError: uv cannot install what the processor asks for.
    """
    files = [processor.requirements, processor.folder / "tests" / "requirements.txt"]
    wanted = [path for path in files if path and path.is_file()]
    if not wanted:
        return Path(sys.executable)
    tools = TOOLS.findall(LOCK.read_text(encoding="utf-8"))
    base = base_python()
    digest = hashlib.sha256(repr((base, tools)).encode())
    for path in wanted:
        digest.update(path.read_bytes() + b"\0")
    folder = KEPT / f"{processor.name}-{digest.hexdigest()[:12]}"
    found, done = folder / "bin" / "python", folder / "complete"
    if not done.exists():
        uv(processor, "venv", "--clear", "--python", base, str(folder))
        install = ("pip", "install", "--python", str(found), "--only-binary", ":all:")
        uv(processor, *install, *(f"--requirements={path}" for path in wanted))
        there = {path.name.partition("-")[0] for path in folder.glob("lib/*/site-packages/*-info")}
        missing = [tool for tool in tools if tool.partition("==")[0] not in there]
        uv(processor, *install, *missing)  # apart: a processor may bring another version
        done.touch()
    return found


def base_python() -> str:
    """Return Lambda's version of Python where this machine has one, else this one."""
    if sys.version_info[:2] == LAMBDA:
        return sys.executable
    find = [*UV, "python", "find", "--no-python-downloads", ".".join(map(str, LAMBDA))]
    return subprocess.run(find, capture_output=True, text=True, check=False).stdout.strip() or str(
        sys.executable
    )


def uv(processor: Processor, *arguments: str) -> None:
    """Run uv, without the project's own constraints."""
    own = {"UV_CONSTRAINT", "UV_BUILD_CONSTRAINT"}
    variables = {name: value for name, value in os.environ.items() if name not in own}
    done = subprocess.run(
        [*UV, *arguments], capture_output=True, text=True, check=False, env=variables
    )
    if done.returncode:
        said = " ".join(done.stderr.split()).removeprefix("error: ")
        raise DependencyError(f"{processor.folder}: its dependencies are not installed: {said}")


def variables(**more: str) -> dict[str, str]:
    """Return environment variables for a process of that Python: this checkout, no AWS account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **more}
