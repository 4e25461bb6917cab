"""Commands run as CodeBuild runs them."""

import threading
import time
from pathlib import Path

from local.pipeline.errors import PipelineError
from local.pipeline.shell import run
from serverlessapp.template.pipeline.buildspec import Buildspec


def ran(
    folder: Path,
    phases: dict[str, object],
    *,
    timeout: float = 30.0,
    stopped: threading.Event | None = None,
    **more: object,
) -> tuple[dict[str, str] | None, str]:
    """Return what a build exports, nothing if it failed, and what it printed."""
    source, scratch, log = folder / "source", folder / "scratch", folder / "log"
    source.mkdir()
    scratch.mkdir()
    spec = Buildspec(place="x", content={"phases": phases, **more})
    try:
        exports = run(
            spec,
            source=source,
            scratch=scratch,
            environment={"PATH": "/usr/bin:/bin", "CODEBUILD_BUILD_SUCCEEDING": "1"},
            log=log,
            timeout=timeout,
            stopped=stopped or threading.Event(),
        )
    except PipelineError as error:
        return None, f"{log.read_text()}\n{error}"
    return exports, log.read_text()


def test_phases_share_one_shell_and_run_in_order(tmp_path: Path) -> None:
    exports, log = ran(
        tmp_path,
        {
            "build": {"commands": ['echo "$FIRST-$(basename "$PWD")"', "export LAST=done"]},
            "install": {"commands": ["FIRST=installed", "mkdir in && cd in"]},
        },
        env={"exported-variables": ["LAST", "NEVER"]},
    )
    assert "\ninstalled-in\n" in log
    assert exports == {"LAST": "done", "NEVER": ""}


def test_a_failed_command_ends_its_phase_and_the_build(tmp_path: Path) -> None:
    exports, log = ran(
        tmp_path,
        {
            "install": {"commands": ["false", "echo unreached"], "finally": ["echo cleaned up"]},
            "build": {"commands": ["echo built"]},
        },
    )
    assert exports is None
    assert "\ncleaned up\n" in log
    assert "\nunreached" not in log
    assert "\nbuilt" not in log
    assert log.endswith("phase install failed")


def test_post_build_runs_after_a_build_that_failed_and_knows_it(tmp_path: Path) -> None:
    exports, log = ran(
        tmp_path,
        {
            "build": {"commands": ["false"]},
            "post_build": {"commands": ["echo succeeding=$CODEBUILD_BUILD_SUCCEEDING"]},
        },
    )
    assert exports is None
    assert "\nsucceeding=0\n" in log
    assert log.endswith("phase build failed")


def test_a_command_that_exits_fails_what_comes_after(tmp_path: Path) -> None:
    exports, log = ran(tmp_path, {"build": {"commands": ["exit 3"]}})
    assert exports is None
    assert log.endswith("phase build failed")


def test_a_build_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    marker = tmp_path / "late"
    started = time.monotonic()
    exports, log = ran(
        tmp_path, {"build": {"commands": [f"(sleep 20; touch '{marker}') & sleep 20"]}}, timeout=0.3
    )
    assert exports is None
    assert "took longer than" in log
    assert time.monotonic() - started < 10
    assert not marker.exists()


def test_a_build_that_is_stopped_ends(tmp_path: Path) -> None:
    stopped = threading.Event()
    stopped.set()
    started = time.monotonic()
    exports, log = ran(tmp_path, {"build": {"commands": ["sleep 20"]}}, stopped=stopped)
    assert exports is None
    assert log.endswith("stopped")
    assert time.monotonic() - started < 10
