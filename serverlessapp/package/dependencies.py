"""Gets a processor's dependencies as wheels for the machine that will run it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from serverlessapp.package import alternatives
from serverlessapp.package.archive import PackageError

# What the wheels are for, and how uv is told. Lambda's python3.13 runs on Amazon Linux 2023,
# which has glibc 2.34 (AWS Lambda Developer Guide, "Lambda runtimes"); the stack's functions
# run on arm64.
PLATFORMS = {
    "lambda": ("--python-platform", "aarch64-manylinux_2_34", "--python-version", "3.13"),
    "host": (),
}
MACHINES = {"lambda": "Lambda (arm64, Python 3.13, glibc 2.34)", "host": "this machine"}

# Whoever sets these means another installation; here, only the requirements decide.
ELSEWHERE = {"UV_BUILD_CONSTRAINT", "UV_CONSTRAINT", "UV_EXCLUDE", "UV_OVERRIDE"}


def install(requirements: Path, target: Path, platform: str) -> list[str]:
    """Install a requirements file's wheels into a folder; return which, as ``name==version``.

    uv rather than pip: for a foreign platform, pip evaluates environment markers on the
    machine it runs on (so ``; platform_machine == "aarch64"`` would be decided wrongly).

    Args:
        requirements: File that fixes every version, also of indirect dependencies. Paths
            in it are relative to its folder.
        target: Empty folder.
        platform: One of ``PLATFORMS``.

    Raises:
        PackageError: A wheel is missing, or the file is wrong or leaves a version open.
    """
    uv("install", requirements, platform, "--link-mode", "copy", "--target", str(target))
    taken = dict(sorted(map(alternatives.release, target.glob("*.dist-info/METADATA"))))
    if loose := [f"{name}=={taken[name]}" for name in undecided(requirements, target, platform)]:
        raise PackageError(
            f"{requirements} leaves versions open, so the package would depend on the day; "
            f"add: {' '.join(loose)}"
        )
    return [f"{name}=={version}" for name, version in taken.items()]


def undecided(requirements: Path, target: Path, platform: str) -> list[str]:
    """Return the names of installed distributions of which the file allows another version.

    uv answers, as the only one who reads requirements: of each version there are now also a
    slightly older and a slightly newer one. Where the oldest and the newest are the same,
    nothing but this version is allowed, whatever an index gets tomorrow.
    """
    with tempfile.TemporaryDirectory(prefix="versions-") as place:
        alternatives.write(target, Path(place))
        options = ("--no-cache", "--no-index", "--find-links", place, "--prerelease", "allow")
        shown = ("--no-annotate", "--no-header")
        oldest, newest = (
            set(uv("compile", requirements, platform, *options, *shown, "--resolution", resolution))
            for resolution in ("lowest", "highest")
        )
    return sorted({line.partition("==")[0] for line in oldest ^ newest})


def uv(command: str, requirements: Path, platform: str, *options: str) -> list[str]:
    """Run ``uv pip`` on a requirements file, from its folder, and return what it prints.

    Raises:
        PackageError: It fails; the message is uv's.
    """
    file = requirements.resolve()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "uv", "--quiet", "--no-progress", "--color", "never"),
            *("pip", command, "--python", sys.executable, *PLATFORMS[platform], *options),
            *("--only-binary", ":all:", "--requirements" if command == "install" else "--"),
            str(file),
        ],
        cwd=file.parent,
        env={name: value for name, value in os.environ.items() if name not in ELSEWHERE},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = " ".join(done.stderr.split()).removeprefix("error: ").removesuffix(".")
        raise PackageError(
            f"no dependencies for {platform} from {requirements}: {message}. Only wheels for "
            f"{MACHINES[platform]} are taken, nothing is built: if there is none, choose "
            "another version or package"
        )
    return done.stdout.splitlines()
