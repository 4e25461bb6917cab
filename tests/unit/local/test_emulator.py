"""Everything about the emulator that needs none: ports, environment, clear errors."""

import importlib.util
import socket
from typing import Any

import pytest

from local.emulator import ACCOUNT, Emulator, EmulatorError, usable_port


@pytest.fixture
def busy_port() -> Any:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_zero_is_a_free_port() -> None:
    assert 1024 < usable_port(0) < 65536


def test_a_busy_port_is_named_with_a_way_out(busy_port: int) -> None:
    with pytest.raises(EmulatorError, match=rf"port {busy_port} .*--port"):
        Emulator(busy_port).start()


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(EmulatorError, match="--port"):
        usable_port(port)


def test_a_missing_emulator_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmulatorError, match="make install"):
        Emulator().start()


def test_stopping_what_never_started_is_harmless() -> None:
    Emulator().stop()


def test_own_aws_settings_never_reach_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "precious")
    environment = Emulator(4566)._environment()
    assert not [name for name in environment if name.startswith("AWS_")]
    assert environment["BIND_HOST"] == "127.0.0.1"


def test_clients_talk_to_the_emulator_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    client = Emulator(4566).session("eu-west-1").client("s3")
    assert client.meta.endpoint_url == "http://127.0.0.1:4566"
    assert client.meta.region_name == "eu-west-1"
    credentials: Any = client._request_signer._credentials
    assert credentials.access_key == ACCOUNT
