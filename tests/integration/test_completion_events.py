"""Each entry of a ledger becomes an event that can be checked, and nothing else does."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import administrator
from tests.fixture_lanes import lane

from .conftest import Deployment, wait_until

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA = Draft202012Validator(json.loads((DOCS / "events.schema.json").read_text()))
KEY = 'ü "q" & <b>/a+b%.txt'
PATTERN = {"source": ["serverlessapp"], "detail-type": ["File Processed"]}
TEMPLATE = render(build(Retention.EPHEMERAL, [lane()])).decode()


@pytest.fixture(scope="module")
def root() -> Iterator[EmulatorSession]:
    with Emulator(enforce_iam=True) as running:
        yield running.session()


@pytest.fixture(scope="module")
def stack(root: EmulatorSession) -> Deployment:
    made = Deployment(administrator(root), "completion", {})
    made.update(TEMPLATE, CompletionEvents="On", Encryption="CustomerManaged")
    return made


@pytest.fixture(scope="module")
def queue(root: EmulatorSession, stack: Deployment) -> str:
    """Return the URL of a queue that hears the stack's events."""
    events, sqs = root.client("events"), root.client("sqs")
    pattern = {**PATTERN, "detail": {"stack": [stack.name]}}
    rule = events.put_rule(Name="completion", EventPattern=json.dumps(pattern))["RuleArn"]
    url = sqs.create_queue(QueueName="completion")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    accept = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn["QueueArn"],
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [accept]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_targets(Rule="completion", Targets=[{"Id": "queue", "Arn": arn["QueueArn"]}])
    return str(url)


@pytest.fixture(scope="module")
def consumer() -> dict[str, Any]:
    """Return what docs/events.md shows, with the function of docs/ledger.md in its place."""
    entries = ModuleType("entries")
    exec(code("ledger.md"), entries.__dict__)  # noqa: S102 - our own page
    shown: dict[str, Any] = {"is_true": entries.__dict__["is_true"]}
    exec(code("events.md").replace("from entries import is_true", ""), shown)  # noqa: S102
    return shown


def code(page: str) -> str:
    (block,) = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.S)
    return str(block)


def received(root: EmulatorSession, url: str, number: int) -> list[dict[str, Any]]:
    """Wait for messages, take them, and return their bodies in order."""
    bodies: list[dict[str, Any]] = []

    def take() -> bool:
        sqs = root.client("sqs")
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
            bodies.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(bodies) >= number

    wait_until(f"{number} messages", take)
    return bodies


def test_each_entry_is_an_event_whose_signature_holds(
    root: EmulatorSession, stack: Deployment, queue: str, consumer: dict[str, Any]
) -> None:
    versions = []
    for content in (b"first", b"second"):
        versions.append(stack.upload(KEY, content))
        stack.wait_for_receipt(KEY, versions[-1])
    events = received(root, queue, 2)
    assert [event["detail"]["entry"]["version_id"]["S"] for event in events] == versions
    secrets, arn = stack.client("secretsmanager"), stack.outputs["SecretArn"]
    for event in events:
        SCHEMA.validate(event["detail"])
        assert event["source"] == "serverlessapp"
        entry = consumer["processed"](event, secrets, arn)
        assert entry["object_key"]["S"] == stack.outputs["UploadPrefix"] + KEY
    entry = events[0]["detail"]["entry"]
    entry["receipt"]["M"]["type"]["S"] = "text/forged"
    with pytest.raises(ValueError, match="not signed"):
        consumer["processed"](events[0], secrets, arn)


def test_what_expires_is_no_event(root: EmulatorSession, stack: Deployment, queue: str) -> None:
    table = stack.outputs["LedgerTableName"]
    key = {"object_key": {"S": stack.outputs["UploadPrefix"] + KEY}}
    stack.client("dynamodb").delete_item(TableName=table, Key=key)
    stack.upload("next.txt", b"next")
    (event,) = received(root, queue, 1)
    assert event["detail"]["entry"]["object_key"]["S"].endswith("/next.txt")


def test_what_is_not_sent_is_reported(root: EmulatorSession, stack: Deployment, queue: str) -> None:
    resources = stack.client("cloudformation").describe_stack_resources(StackName=stack.name)
    names = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in resources["StackResources"]
    }
    iam, role = root.client("iam"), names["CompletionEventPipeRole"]
    own = {"RoleName": role, "PolicyName": "SendEvents"}
    whole = iam.get_role_policy(**own)["PolicyDocument"]
    kept = [each for each in whole["Statement"] if each["Sid"] != "SendEvents"]
    iam.put_role_policy(**own, PolicyDocument=json.dumps({**whole, "Statement": kept}))
    try:
        stack.upload("unheard.txt", b"unheard")
        (told,) = received(root, names["UndeliveredEvents"], 1)
    finally:
        iam.put_role_policy(**own, PolicyDocument=json.dumps(whole))
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1
    assert "unheard" not in json.dumps(told)
    assert "unheard.txt" in stack.receipts()


def test_off_leaves_the_ledger_as_it_is(stack: Deployment) -> None:
    before = stack.outputs["LedgerTableName"]
    stack.update(TEMPLATE, CompletionEvents="Off", Encryption="CustomerManaged")
    assert stack.outputs["LedgerTableName"] == before
    assert "next.txt" in stack.receipts()
    table = stack.client("dynamodb").describe_table(TableName=before)["Table"]
    assert not table.get("StreamSpecification", {}).get("StreamEnabled")
    assert not stack.client("pipes").list_pipes()["Pipes"]
    stack.upload("quiet.txt", b"quiet")
    stack.wait_for_receipt("quiet.txt")
