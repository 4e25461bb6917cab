"""A build finds what its image has, and no more: what AWS would end in red is red here."""

import base64
import hashlib
import re
import zipfile
from pathlib import Path

import pytest

from local.emulator import REGION as HOME
from local.emulator import EmulatorSession
from local.pipeline import builds, confined, images
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Project

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = """\
import pathlib
def main():
    pathlib.Path("dist").mkdir()
    pathlib.Path("dist/VERSION").write_text("1.0.0")
"""
SPEC = """\
version: 0.2
phases:
  build:
    commands:
      - |
        COMMAND
artifacts:
  files: ['**/*']
"""
needs_confinement = pytest.mark.skipif(
    not confined.works(), reason="this machine does not allow user namespaces"
)


@pytest.fixture
def package(delivery: Delivery) -> tuple[Action, Project]:
    """Return an action whose build is on Lambda compute, and its project."""
    (action,) = [action for action in delivery.actions() if action.name == "Package"]
    project = delivery.project_of(action)
    assert project
    assert project.on_lambda
    return action, project


def ran(
    execution: Execution, package: tuple[Action, Project], files: dict[str, str], folder: Path
) -> str:
    """Return the log of a build of these files, and what it ended with."""
    action, project = package
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    paths = [path for path in folder.rglob("*") if path.is_file()]
    execution.artifacts.put("Source", folder, paths)
    session = EmulatorSession("http://127.0.0.1:1", HOME)
    try:
        builds.run(execution, action, project, session=session, pipeline="p")
    except PipelineError as error:
        return f"{execution.log(action).read_text()}\n{error}"
    return execution.log(action).read_text()


def commanded(
    execution: Execution, package: tuple[Action, Project], command: str, folder: Path
) -> str:
    spec = SPEC.replace("COMMAND", command)
    return ran(execution, package, {"pipeline/buildspecs/package.yml": spec}, folder)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return our own Makefile and buildspec, and a registry with a tox that takes no time."""
    wheels = tmp_path / "src" / "wheels"  # beside the source: /tmp of this machine is not there
    wheels.mkdir(parents=True)
    wheel = wheels / "tox-9-py3-none-any.whl"
    info = {
        "METADATA": "Metadata-Version: 2.1\nName: tox\nVersion: 9\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[console_scripts]\ntox = tox:main\n",
    }
    contents = {"tox.py": PROGRAM, **{f"tox-9.dist-info/{k}": v for k, v in info.items()}}
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
        f",{len(text)}\n".replace("=,", ",")
        for name, text in contents.items()
    )
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**contents, "tox-9.dist-info/RECORD": record}.items():
            archive.writestr(name, text)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", wheels.name)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    spec = (ROOT / "pipeline/buildspecs/package.yml").read_text()
    return {
        "requirements/make.txt": f"tox==9 --hash=sha256:{digest}\n",
        "Makefile": (ROOT / "Makefile").read_text(),
        # One run of tox does for all.
        "pipeline/buildspecs/package.yml": re.sub(
            r"\n +- \.venv/bin/tox run -e (lint|templates|upload).*", "", spec
        ),
    }


def without(files: dict[str, str], name: str, pattern: str) -> dict[str, str]:
    text, count = re.subn(pattern, "", files[name], flags=re.DOTALL)
    assert count == 1
    return {**files, name: text}


@pytest.mark.once
def test_our_build_gets_its_tox(
    execution: Execution,
    package: tuple[Action, Project],
    files: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_TARGET", "/nowhere")  # of this machine alone
    assert "failed" not in ran(execution, package, files, tmp_path / "src")
    assert execution.artifacts.read("Package::VERSION") == "1.0.0"


@pytest.mark.once
def test_without_a_word_about_pips_configuration_make_says_that_there_is_no_tox(
    execution: Execution, package: tuple[Action, Project], files: dict[str, str], tmp_path: Path
) -> None:
    spec = "pipeline/buildspecs/package.yml"
    before = without(files, spec, r"\n  variables:\n +PIP_CONFIG_FILE[^\n]*")
    log = ran(execution, package, before, tmp_path / "src")
    assert "PIP_CONFIG_FILE=/dev/null" in log
    assert log.endswith("phase install failed")


@pytest.mark.once
def test_where_make_touches_what_pip_did_not_make_the_first_command_ends_as_on_aws(
    execution: Execution, package: tuple[Action, Project], files: dict[str, str], tmp_path: Path
) -> None:
    spec = "pipeline/buildspecs/package.yml"
    before = without(files, spec, r"\n  variables:\n +PIP_CONFIG_FILE[^\n]*")
    before = without(before, "Makefile", r"\n\t@test -x \$\(TOX\).*?exit 1; }")
    log = ran(execution, package, before, tmp_path / "src")
    assert ".venv/bin/tox: Permission denied\ncommand failed with exit status 126" in log
    assert log.endswith("phase build failed")


@needs_confinement
@pytest.mark.parametrize(
    "command",
    [
        'touch "$OUTSIDE"',
        "touch /dev/shm/shared",
        'test "$(id -u)" = 0',
        "mount -o remount,rw /",
        "unshare --user --map-root-user mount -o remount,rw /",
    ],
)
def test_lambda_compute_refuses(
    command: str, execution: Execution, package: tuple[Action, Project], tmp_path: Path
) -> None:
    command = command.replace("$OUTSIDE", str(Path.home() / "outside-of-a-build"))
    assert commanded(execution, package, command, tmp_path / "src").endswith("phase build failed")
    assert not (Path.home() / "outside-of-a-build").exists()


@needs_confinement
def test_a_build_has_a_tmp_of_its_own(
    execution: Execution, package: tuple[Action, Project], tmp_path: Path
) -> None:
    command = 'touch /tmp/mine && test "$HOME" = /tmp && test -d "$CODEBUILD_SRC_DIR/pipeline"'
    log = commanded(execution, package, command, tmp_path / "src")
    assert "failed" not in log
    assert not Path("/tmp/mine").exists()


def test_a_machine_without_namespaces_says_so_and_builds(
    execution: Execution,
    package: tuple[Action, Project],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confined, "works", lambda: False)
    log = commanded(
        execution, package, 'touch "$HOME/mine" && test "$HOME" != /tmp', tmp_path / "src"
    )
    assert log.startswith("this machine does not allow user namespaces")
    assert "failed" not in log


def test_more_memory_than_there_is_ends_a_build(
    execution: Execution,
    package: tuple[Action, Project],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(images, "memory", lambda size: 50)
    hungry = "python3 -c 'import time; x = b\"x\" * 100_000_000; time.sleep(60)'"
    log = commanded(execution, package, hungry, tmp_path / "src")
    assert log.endswith("it used more than 50 MB of memory")


@pytest.mark.parametrize(
    ("size", "megabytes"),
    [
        ("BUILD_LAMBDA_10GB", 10240),
        ("BUILD_GENERAL1_SMALL", 4096),
        ("ATTRIBUTE_BASED_COMPUTE", None),
    ],
)
def test_a_size_is_so_much_memory(size: str, megabytes: int | None) -> None:
    assert images.memory(size) == megabytes
