"""Gets a processor's dependencies as wheels for the machine that will run it."""

import re
import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path

from serverlessapp.package.archive import PackageError

# What the wheels are for, and how uv is told. Lambda's python3.13 runs on Amazon Linux 2023,
# which has glibc 2.34 (AWS Lambda Developer Guide, "Lambda runtimes"); the stack's functions
# run on arm64.
PLATFORMS = {
    "lambda": ("--python-platform", "aarch64-manylinux_2_34", "--python-version", "3.13"),
    "host": (),
}
PIN = re.compile(
    r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^]]*\])?\s*==\s*([^\s;\\*]+)(?=[\s;\\]|$)"
)


def install(requirements: Path, target: Path, platform: str) -> list[str]:
    """Install a requirements file's wheels into a folder; return which, as ``name==version``.

    uv rather than pip: for a foreign platform, pip evaluates environment markers on the
    machine it runs on (so ``; platform_machine == "aarch64"`` would be decided wrongly).

    Args:
        requirements: File whose lines pin every version, also of indirect dependencies.
        target: Empty folder.
        platform: One of ``PLATFORMS``.

    Raises:
        PackageError: A wheel is missing, or the file is wrong or leaves a version open.
    """
    command = [
        *(sys.executable, "-m", "uv", "--quiet", "--no-progress", "--color", "never"),
        *("pip", "install", "--python", sys.executable, *PLATFORMS[platform]),
        *("--only-binary", ":all:", "--link-mode", "copy", "--target", str(target)),
        *("--requirements", str(requirements)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = " ".join(done.stderr.split()).removeprefix("error: ")
        raise PackageError(f"no dependencies for {platform} from {requirements}: {message}")
    taken = sorted(map(pin_of, target.glob("*.dist-info/METADATA")))
    if loose := sorted(set(taken) - pins(requirements)):
        raise PackageError(
            f"{requirements} leaves versions open, so the package would depend on the day; "
            f"add: {' '.join(loose)}"
        )
    return taken


def pins(requirements: Path) -> set[str]:
    """Return the exact versions that a requirements file asks for."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return {f"{canonical(pin[1])}=={pin[2]}" for line in lines if (pin := PIN.match(line))}


def pin_of(metadata: Path) -> str:
    """Return ``name==version`` of an installed distribution."""
    headers = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
    return f"{canonical(headers['Name'])}=={headers['Version']}"


def canonical(name: str) -> str:
    """Return a distribution's name as it is compared (Python Packaging, "Names")."""
    return re.sub(r"[-_.]+", "-", name).lower()
