"""No output stops a command: whatever a key is called, wherever the words go."""

import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.main import get_group

from serverlessapp.cli.app import app
from serverlessapp.cli.main import main
from tests.integration.conftest import Deployment

Deploy = Callable[..., Deployment]
Operate = Callable[..., tuple[int, dict[str, Any]]]
NAME = """it's "new" \u202e\U0001f600 %+.txt"""  # no control characters: the emulator lists none
CONTROL = "uploads/\x1b[2J\x9b\n\ud800.txt"
OPTIONS = {
    name: {o for p in it.params for o in p.opts} for name, it in get_group(app).commands.items()
}
COMMANDS = [name for name, options in OPTIONS.items() if {"--stack", "--endpoint-url"} <= options]


@contextmanager
def ascii_only() -> Iterator[io.TextIOBase]:
    with io.TextIOWrapper(io.BytesIO(), encoding="ascii") as file:
        yield file
        text = file.buffer.getvalue().decode("ascii")
        assert text
        assert not {"\x1b", "\x9b", "\r"} & set(text)


@contextmanager
def nobody_reads() -> Iterator[io.TextIOBase]:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as file:
        yield file


def park(stack: Deployment, body: str) -> None:
    queue = stack.outputs["DeadLetterQueueUrl"]
    stack.client("sqs").send_message(QueueUrl=queue, MessageBody=body)


def event(key: str) -> str:
    """Return an event of EventBridge, where keys are not encoded."""
    item = {"key": key, "size": 1, "etag": "e"}
    about = {"source": "aws.s3", "detail-type": "Object Created", "time": "2026-11-26T00:00:00Z"}
    return json.dumps({**about, "detail": {"object": item}})


def test_no_output_stops_a_command(
    deploy: Deploy, operate: Operate, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = deploy()
    key = stack.outputs["UploadPrefix"] + NAME
    stack.upload(NAME, b"x")
    stack.wait_for_receipt(NAME)
    for body in (event(key), event(CONTROL), "from a stranger \U0001f600"):
        park(stack, body)
    parked = operate("parked", stack.name)[1]["parked"]
    assert {row["upload"]["key"] for row in parked if row["upload"]} == {key, CONTROL}
    endpoint = stack.client("sqs").meta.endpoint_url

    def run(command: str, *options: str) -> int:
        return main([command, "--stack", stack.name, "--endpoint-url", endpoint, *options])

    def options_of(command: str) -> list[str]:
        if "--all" in OPTIONS[command]:
            return ["--all"]
        return ["--key", key] if "--key" in OPTIONS[command] else []

    codes = {name: operate(name, stack.name, *options_of(name))[0] for name in COMMANDS}
    assert (codes["parked"], codes["receipt"], codes["redrive"]) == (5, 0, 2)
    for outlet in (ascii_only, nobody_reads):
        for command in COMMANDS:
            for more in ([], ["--json"]):
                with outlet() as file, monkeypatch.context() as patch:
                    patch.setattr("sys.stdout", file)
                    patch.setattr("sys.stderr", file)
                    assert run(command, *options_of(command), *more) == codes[command], command

    # And what is agreed to is done to the end.
    with nobody_reads() as file, monkeypatch.context() as patch:
        patch.setattr("sys.stdout", file)
        patch.setattr("sys.stderr", file)
        assert run("reprocess", "--key", key, "--yes") == 0
        assert run("discard", "--all", "--yes") == 0
    assert operate("parked", stack.name)[1]["parked"] == []
