"""The commands, run in this process against the emulator."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator import Emulator
from serverlessapp.cli.main import main
from serverlessapp.operations import messages

Operate = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def operate(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operate:
    """Return a function that runs a command and returns exit code and JSON document."""
    # The emulator has one server, and answers at once.
    monkeypatch.setattr(messages, "EMPTY_RECEIVES", 1)
    monkeypatch.setattr(messages, "WAIT_SECONDS", 0)
    session = emulator.session()
    credentials = session.get_credentials()
    assert credentials
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
    monkeypatch.setenv("AWS_DEFAULT_REGION", session.region_name)

    def run(command: str, stack: str, *options: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main(
            [command, "--stack", stack, "--endpoint-url", emulator.endpoint, "--json", *options]
        )
        return code, json.loads(capsys.readouterr().out or "{}")

    return run
