"""Each entry of a ledger becomes an event that can be checked, and nothing else does."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import administrator
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.policies import PolicyKind, statements
from serverlessapp.template.reading import parse
from tests.entries import is_true
from tests.fixture_lanes import lane

from .conftest import Deployment, wait_until

DOCS = Path(__file__).resolve().parents[2] / "docs"
SCHEMA = Draft202012Validator(json.loads((DOCS / "events.schema.json").read_text()))
KEY = 'ü "q" & <b>/a+b%.txt'
PATTERN = {"source": ["serverlessapp"], "detail-type": ["File Processed"]}
TEMPLATE = render(build(Retention.EPHEMERAL, [lane()])).decode()
ROLE = "CompletionEventPipeRole"
# What the role may do, whatever it is: of the template as it is.
GRANTED = [
    action
    for resource in Evaluation(template=parse(TEMPLATE)).resources()
    for statement in statements(resource)
    if resource.title == ROLE and statement.kind is PolicyKind.IDENTITY
    for action, _ in statement.listed("Action")
]


@pytest.fixture(scope="module")
def root(enforcing: Emulator) -> EmulatorSession:
    return enforcing.session()


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
    page = (DOCS / "events.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    shown: dict[str, Any] = {"is_true": is_true}
    exec(code.replace("from entries import is_true", ""), shown)  # noqa: S102 - our own page
    return shown


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


def physical(stack: Deployment, title: str) -> str:
    """Return the name of a resource of the stack."""
    found = stack.client("cloudformation").describe_stack_resource(
        StackName=stack.name, LogicalResourceId=title
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


@contextmanager
def without(root: EmulatorSession, role: str, *actions: str) -> Iterator[None]:
    """Take actions from a role while the context lasts."""
    iam = root.client("iam")
    kept: dict[str, Any] = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        own = {"RoleName": role, "PolicyName": name}
        kept[name] = iam.get_role_policy(**own)["PolicyDocument"]
        less = json.dumps(kept[name])
        for action in actions:
            less = less.replace(f'"{action}"', '"iam:GetRole"')
        iam.put_role_policy(**own, PolicyDocument=less)
    try:
        yield
    finally:
        for name, document in kept.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


def test_what_is_not_sent_is_reported(root: EmulatorSession, stack: Deployment, queue: str) -> None:
    with without(root, physical(stack, ROLE), "events:PutEvents"):
        stack.upload("unheard.txt", b"unheard")
        (told,) = received(root, physical(stack, "UndeliveredEvents"), 1)
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1
    assert "unheard" not in json.dumps(told)
    assert "unheard.txt" in stack.receipts()


@pytest.mark.parametrize("action", GRANTED)
def test_each_grant_is_needed(
    enforcing: Emulator, root: EmulatorSession, stack: Deployment, queue: str, action: str
) -> None:
    role = physical(stack, ROLE)
    taken = [action, "events:PutEvents"] if action == "sqs:SendMessage" else [action]
    position = enforcing.decisions.position()

    def refused() -> set[str]:
        made = enforcing.decisions.since(position)
        return {each.action for each in made if each.role == role and not each.allowed}

    with without(root, role, *taken):
        stack.upload("needed.txt", action.encode())
        wait_until("a refusal", lambda: action in refused())
    assert refused() == {*taken}
    if action not in ("events:PutEvents", "sqs:SendMessage"):
        (event,) = received(root, queue, 1)  # it is tried again
        assert event["detail"]["entry"]["object_key"]["S"].endswith("/needed.txt")


def test_no_other_pipe_gets_the_role(
    enforcing: Emulator, root: EmulatorSession, stack: Deployment, queue: str
) -> None:
    """As a pipe of the account with another name would not: the trust names those of the stack."""
    position, pipe = enforcing.decisions.position(), physical(stack, "CompletionEventPipe")
    iam, name = root.client("iam"), physical(stack, ROLE)
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    (arn,) = (each["Condition"]["ArnLike"]["aws:SourceArn"] for each in trust["Statement"])
    assert fnmatchcase(pipe, arn.rpartition("/")[2])
    other = json.dumps(trust).replace(arn, arn.replace("/serverlessapp", "/other"))
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    try:
        stack.upload("other.txt", b"other")
        wait_until(
            "a refusal",
            lambda: any(
                each.action == "sts:AssumeRole" and not each.allowed
                for each in enforcing.decisions.since(position)
                if each.principal == "pipes.amazonaws.com"
            ),
        )
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    received(root, queue, 1)


def test_off_leaves_the_ledger_as_it_is(stack: Deployment) -> None:
    before = stack.outputs["LedgerTableName"]
    stack.upload("kept.txt", b"kept")
    stack.wait_for_receipt("kept.txt")
    stack.update(TEMPLATE, CompletionEvents="Off", Encryption="CustomerManaged")
    assert stack.outputs["LedgerTableName"] == before
    assert "kept.txt" in stack.receipts()
    table = stack.client("dynamodb").describe_table(TableName=before)["Table"]
    assert not table.get("StreamSpecification", {}).get("StreamEnabled")
    assert not stack.client("pipes").list_pipes()["Pipes"]
    stack.upload("quiet.txt", b"quiet")
    stack.wait_for_receipt("quiet.txt")
