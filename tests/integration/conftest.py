"""One emulator for all tests, and stacks that are deleted whatever happens."""

import contextlib
import itertools
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local import stacks
from local.emulator import Emulator
from serverlessapp.cli.main import main
from serverlessapp.operations import ledger, messages
from serverlessapp.operations.receipts import Receipt

from . import aws_cli_v2

WAIT_SECONDS = 180.0  # a machine that is busy with other things takes many times as long
POLL_SECONDS = 0.05


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those that may take longest, so that no worker ends alone with one."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="module")
def enforcing() -> Iterator[Emulator]:
    """Start one for a module alone; it checks what everyone but root may do."""
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="module")
def session(emulator: Emulator) -> boto3.Session:
    return emulator.session()


@pytest.fixture(scope="session", params=[1, 2])
def aws(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of the program ``aws``, of version 1 and of version 2 of the AWS CLI."""
    if request.param == 1:
        yield Path(sys.executable).parent
        return
    folder = tmp_path_factory.mktemp("aws-cli")
    try:
        yield aws_cli_v2.unpacked(folder)
    finally:
        shutil.rmtree(folder)  # 400 MB


def wait_until(what: str, probe: Callable[[], Any]) -> Any:
    """Return the first true result of ``probe``; fail with ``what`` when there is none."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (result := probe()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(POLL_SECONDS)
    return result


def is_running(process_id: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process_id}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@dataclass
class Deployment:
    """A stack that runs, with the calls a test makes on it."""

    session: boto3.Session
    name: str
    outputs: dict[str, str]

    def client(self, service: Any) -> Any:
        return self.session.client(service)

    def upload(self, name: str, content: bytes, **metadata: str) -> str:
        """Upload below the prefix and return the version ID, which may be "null"."""
        response = self.client("s3").put_object(
            Bucket=self.outputs["UploadBucketName"],
            Key=self.outputs["UploadPrefix"] + name,
            Body=content,
            Metadata=metadata,
        )
        return str(response.get("VersionId", "null"))

    def receipts(self) -> dict[str, Receipt]:
        pages = ledger.pages(self.session.client("dynamodb"), self.outputs["LedgerTableName"])
        found = [Receipt.from_item(item) for page in pages for item in page]
        return {
            receipt.key.removeprefix(self.outputs["UploadPrefix"]): receipt for receipt in found
        }

    def wait_for_receipt(self, name: str, version: str = "") -> Receipt:
        def probe() -> Receipt | None:
            receipt = self.receipts().get(name)
            return receipt if receipt and version in ("", receipt.version_id) else None

        receipt: Receipt = wait_until(f"receipt of {name}", probe)
        return receipt

    def parked(self) -> list[dict[str, Any]]:
        """Return what is in the dead-letter queue, without taking it."""
        response = self.client("sqs").receive_message(
            QueueUrl=self.outputs["DeadLetterQueueUrl"],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = response.get("Messages", [])
        return messages

    def wait_for_parked(self) -> dict[str, Any]:
        (message,) = wait_until("a parked message", self.parked)
        return dict(message)

    def messages(self) -> tuple[int, int]:
        """Return how many events wait, and how many are being processed or failed."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        attributes = self.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs["IngestQueueUrl"], AttributeNames=list(names)
        )["Attributes"]
        return int(attributes[names[0]]), int(attributes[names[1]])

    def retry_after(self, seconds: int) -> None:
        """Set how long a message that was received stays invisible."""
        self.client("sqs").set_queue_attributes(
            QueueUrl=self.outputs["IngestQueueUrl"],
            Attributes={"VisibilityTimeout": str(seconds)},
        )

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Deliver nothing for a while; what arrived meanwhile comes as one batch."""
        lambdas = self.client("lambda")
        (mapping,) = lambdas.list_event_source_mappings(FunctionName=self.outputs["FunctionName"])[
            "EventSourceMappings"
        ]
        lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        try:
            yield
        finally:
            lambdas.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    def update(self, template: str, **parameters: str) -> list[str]:
        """Update the stack and return the logical IDs that changed."""
        cloudformation = self.session.client("cloudformation")
        planned = stacks.plan(
            cloudformation, stack=self.name, template=template, parameters=parameters
        )
        if planned is None:
            return []
        for _ in stacks.execute(cloudformation, planned):
            pass
        self.outputs = stacks.outputs(cloudformation, self.name)
        return sorted(change.logical_id for change in planned.changes)

    def delete(self) -> None:
        for _ in stacks.delete(self.session.client("cloudformation"), self.name):
            pass


Deploy = Callable[..., Deployment]
Operate = Callable[..., tuple[int, dict[str, Any]]]
Diff = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture(scope="session")
def template() -> Callable[[Retention], str]:
    return lambda retention: render(build(retention)).decode()


@pytest.fixture
def deploy(
    session: boto3.Session, template: Callable[[Retention], str], request: pytest.FixtureRequest
) -> Iterator[Deploy]:
    """Return a function that deploys a stack; all are deleted after the test."""
    numbers = itertools.count()
    made: list[Deployment] = []

    def deploy_stack(retention: Retention = Retention.EPHEMERAL, **parameters: str) -> Deployment:
        name = f"test-{abs(hash(request.node.nodeid)) % 10**8}-{next(numbers)}"
        deployment = Deployment(session, name, {})
        deployment.update(template(retention), **parameters)
        made.append(deployment)
        return deployment

    yield deploy_stack
    for deployment in made:
        with contextlib.suppress(Exception):
            deployment.delete()


@pytest.fixture
def operate(
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Operate:
    """Return a function that runs an operator's command; it returns exit code and JSON document."""
    # The emulator has one server, and answers at once.
    monkeypatch.setattr(messages, "EMPTY_RECEIVES", 1)
    monkeypatch.setattr(messages, "WAIT_SECONDS", 0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
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


@pytest.fixture
def diff(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Diff:
    """Return a function that runs ``diff``; it returns exit code, JSON document and errors."""
    for name, value in emulator.session().environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        code = main(["diff", "--json", *arguments])
        told = capsys.readouterr()
        return code, json.loads(told.out or "{}"), told.err

    return run
