"""What is packaged can be imported from the package alone."""

import subprocess
import sys
import zipfile
from pathlib import Path

from serverlessapp.package.package import make

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/thumbnails"


def test_the_dependency_is_in_the_package(tmp_path: Path) -> None:
    """It is downloaded; without it, the test fails. test_examples.py deploys packages."""
    package = make(EXAMPLE, output=tmp_path / "out", platform="host")
    assert package.dependencies == (EXAMPLE / "requirements.txt").read_text().splitlines()[1:]
    with zipfile.ZipFile(package.archive.path) as content:
        content.extractall(tmp_path / "package")
    # -S leaves out what is installed here, so this can only be the package's.
    place = str(tmp_path / "package")
    script = f"import sys; sys.path.insert(0, {place!r}); import PIL.Image as i; print(i)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True
    )
    assert place in done.stdout
