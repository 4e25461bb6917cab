"""Dependencies are installed once, and a failure names the folder."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.process import environment
from serverlessapp.processors.definition import read

Folder = Callable[..., Path]


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environment, "KEPT", tmp_path / "environments")
    monkeypatch.setenv("UV_OFFLINE", "1")
    return tmp_path / "environments"


def test_without_requirements_nothing_is_installed(folder: Folder, kept: Path) -> None:
    assert environment.python(read(folder("pass"))) == Path(sys.executable)
    assert not kept.exists()


def test_what_cannot_be_installed_is_said(folder: Folder) -> None:
    place = folder("pass")
    (place / "requirements.txt").write_text("no-such-package-of-ours==1.0\n")
    with pytest.raises(environment.DependencyError, match="no-such-package-of-ours") as caught:
        environment.python(read(place))
    assert str(place) in str(caught.value)


def test_the_same_requirements_are_installed_once(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, calls = folder("pass"), []

    def uv(_: object, *arguments: str) -> None:
        calls.append(arguments)
        if arguments[0] == "venv":
            Path(arguments[-1]).mkdir(parents=True)

    monkeypatch.setattr(environment, "uv", uv)
    (place / "requirements.txt").write_text("a==1\n")
    first = environment.python(read(place))
    installed = len(calls)
    assert installed
    assert environment.python(read(place)) == first
    assert len(calls) == installed
    (place / "requirements.txt").write_text("a==2\n")
    assert environment.python(read(place)) != first


def test_no_account_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    assert not [name for name in environment.variables() if name.startswith("AWS_")]


def test_a_process_of_it_has_this_checkout() -> None:
    code = "import local.process.child"
    subprocess.run([sys.executable, "-c", code], env=environment.variables(), check=True)
