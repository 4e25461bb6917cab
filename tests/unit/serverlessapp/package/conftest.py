"""A processor and wheels made on the spot, so that nothing comes from the network."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

CODE = "def count(file, context):\n    return {}\n"

MakeWheel = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the processor ``words:count``."""
    made = tmp_path / "words"
    made.mkdir()
    (made / "words.py").write_text(CODE)
    return made


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    made = tmp_path / "wheels"
    made.mkdir()
    return made


@pytest.fixture
def make_wheel(wheels: Path) -> MakeWheel:
    """Return a function that makes a wheel with one module."""

    def make(
        name: str,
        version: str = "1.0",
        *,
        tag: str = "py3-none-any",
        needs: str = "",
        extra: str = "",
    ) -> Path:
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += f"Provides-Extra: {extra}\n" if extra else ""
        files = {
            f"{name}.py": "",
            f"{info}/METADATA": metadata + (f"Requires-Dist: {needs}\n" if needs else ""),
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
            f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
        path = wheels / f"{name}-{version}-{tag}.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            for file, content in files.items():
                wheel.writestr(file, content)
        return path

    return make


@pytest.fixture
def require(folder: Path, wheels: Path) -> Callable[..., Path]:
    """Return a function that writes the processor's requirements, for those wheels only."""

    def write(*lines: str) -> Path:
        file = folder / "requirements.txt"
        file.write_text("\n".join(["--no-index", f"--find-links {wheels}", *lines, ""]))
        return file

    return write
