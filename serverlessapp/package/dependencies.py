"""Gets a processor's dependencies as wheels for the machine that will run it."""

import os
import re
import subprocess
import sys
import tempfile
from functools import partial
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

# What uv says when there is no wheel, or not for this platform.
ABOUT_WHEELS = re.compile(r"(?<![/\w])wheels?\b(?!/)|\bbuild(?:ing)?\b", re.IGNORECASE)

# What uv says when it reaches no index.
UNREACHABLE = "error sending request"

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
    taken = {}
    for folder in sorted(target.glob("*.dist-info")):
        name, version = folder.stem.rsplit("-", 1)
        # As uv writes it (Python Packaging User Guide, "Names and normalization").
        taken[re.sub(r"[-_.]+", "-", name).lower()] = version
    pins = [f"{name}=={version}" for name, version in sorted(taken.items())]
    loose = undecided(requirements, target, platform)
    if missing := [pin for pin in pins if pin.partition("==")[0] in loose]:
        raise PackageError(
            f"{requirements} does not pin all versions, so builds would not be reproducible; "
            f"add: {' '.join(missing)}"
        )
    return pins


def undecided(requirements: Path, target: Path, platform: str) -> set[str]:
    """Return the names of installed distributions of which the file allows another version.

    uv answers, which alone reads requirements: of each version there are now a slightly older
    and a slightly newer one. Where the oldest and the newest that are allowed are the same,
    no other version is, whatever an index gets tomorrow.
    """
    with tempfile.TemporaryDirectory(prefix="versions-") as place:
        alternatives.write(target, Path(place))
        options = (
            *("--no-index", "--find-links", place, "--prerelease", "allow"),
            *("--no-annotate", "--no-header", "--resolution"),
        )
        oldest = uv("compile", requirements, platform, *options, "lowest")
        newest = uv("compile", requirements, platform, *options, "highest")
    return {line.partition("==")[0] for line in set(oldest) ^ set(newest)}


def uv(command: str, requirements: Path, platform: str, *options: str) -> list[str]:
    """Run ``uv pip`` on a requirements file, from its folder, and return what it prints.

    Raises:
        PackageError: It fails; the message is uv's.
    """
    program = (sys.executable, "-m", "uv", "--quiet", "--no-progress", "--color", "never")
    arguments = [
        *("pip", command, "--python", sys.executable, *PLATFORMS[platform], *options),
        *("--only-binary", ":all:", *(("--no-editable", "-r") if command == "install" else ())),
        str(requirements.resolve()),
    ]
    run = partial(
        subprocess.run,
        cwd=requirements.resolve().parent,
        env={name: value for name, value in os.environ.items() if name not in ELSEWHERE},
        capture_output=True,
        text=True,
        check=False,
    )
    done = run([*program, *arguments])
    if done.returncode and UNREACHABLE in done.stderr:
        # uv's cache may have all of it. Without --offline, uv asks whether that is still current.
        cached = run([*program, "--offline", *arguments])
        done = done if cached.returncode else cached
    if done.returncode:
        message = " ".join(done.stderr.split()).removeprefix("error: ").removesuffix(".")
        advice = (
            ". Nothing is built, and Lambda needs wheels for arm64 and Python 3.13: without one, "
            "choose another version or package"
            if ABOUT_WHEELS.search(message.replace(str(requirements.resolve().parent), ""))
            else ""
        )
        raise PackageError(f"no dependencies for {platform} from {requirements}: {message}{advice}")
    return done.stdout.splitlines()
