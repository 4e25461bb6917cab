"""``python -m local pipeline``, as somebody types it: README.md, docs/pipeline.md."""

import json
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local.__main__ import main

from ..conftest import WAIT_SECONDS, is_running, wait_until
from .team import PIPELINE, ROOT, Repository
from .test_pushes import STAGES, without_watch


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def ran(repository: Repository, *arguments: str) -> int:
    return main(["pipeline", "--approve", "--checkout", str(repository.folder), *arguments])


def told(file: Path) -> list[dict[str, Any]]:
    executions = json.loads(file.read_text())["executions"]
    return list(executions)


def stages(execution: dict[str, Any]) -> list[str]:
    return [stage["name"] for stage in execution["stages"]]


def test_it_delivers_and_keeps(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, file = tmp_path / "kept", tmp_path / "told.json"
    assert ran(repository, "--keep", str(kept), "--json", str(file)) == 0
    (execution,) = told(file)
    assert stages(execution) == STAGES
    assert (kept / "execution-0" / "artifacts" / "Package.zip").is_file()
    assert (kept / "execution-0" / "logs" / "Test.Taskcat.log").is_file()
    out = capsys.readouterr().out
    assert "delivered in" in out
    assert str(kept) in out, "where they are"
    assert "us-west-2: new stack, " in out, "what the person approved"
    assert "https://example.com" not in out, "a link into a console that is not there"


def test_a_push_can_change_the_pipeline_that_was_launched(
    repository: Repository, tmp_path: Path
) -> None:
    file = tmp_path / "told.json"
    repository.edit(PIPELINE, without_watch)
    launched = str(ROOT / PIPELINE)
    assert ran(repository, "--launched", launched, "--json", str(file)) == 0
    before, after = told(file)
    assert before["status"] == "Stopped"
    assert [action["name"] for action in after["stages"][-1]["actions"]][-1] == "Verify"


def test_a_failure_is_an_exit_code_and_the_end_of_the_log(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit({"checks/unit.sh": "echo this is why; exit 1\n"})
    assert ran(repository, "--stage", "Build") == 1
    out = capsys.readouterr().out
    assert "this is why" in out
    assert "not delivered" in out
    assert "--keep" in out, "where the rest of the log would be"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stage", "DeployProd"], "Package, Plan1 comes from another stage: add its --stage"),
        (["--parameter", "DeployToMars=true"], "no parameter DeployToMars"),
        (["--checkout", "/"], "not a git repository"),
    ],
)
def test_what_cannot_work_is_refused_at_once(
    arguments: list[str], words: str, repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(repository, *arguments) == 2
    assert words in capsys.readouterr().err


def test_an_interrupt_ends_every_build_and_the_emulator(
    repository: Repository, tmp_path: Path
) -> None:
    """By a signal to this process alone, as from who ends a job; a terminal's goes to all."""
    kept, names = tmp_path / "kept", ("lint", "unit")
    # Below the source, since a build on Lambda compute can write nowhere else.
    repository.commit(
        {f"checks/{name}.sh": f"echo $$ > {name}.pid; exec sleep 300\n" for name in names}
    )

    def pids() -> list[str]:
        return [path.read_text().strip() for path in kept.rglob("*.pid")]

    command = [sys.executable, "-m", "local", "pipeline", "--stage", "Build"]
    with subprocess.Popen(
        [*command, "--checkout", str(repository.folder), "--keep", str(kept)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            wait_until("every build", lambda: len(list(filter(None, pids()))) == len(names))
            started = [int(pid) for pid in pids()]
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=WAIT_SECONDS)
        finally:
            process.terminate()  # it ends its builds
    assert process.returncode == 130, out
    for number in started:
        wait_until("the end of a build", partial(has_ended, number))
    endpoint = out.partition("emulator at http://")[2].split()[0]
    host, _, port = endpoint.partition(":")
    assert not listens(host, int(port))


def has_ended(process_id: int) -> bool:
    return not is_running(process_id)


def listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0
