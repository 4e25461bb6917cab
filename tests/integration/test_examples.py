"""Examples as lanes of one stack: packaged, on one bucket, allowed to write their results only."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generators import lanes
from generators.application import build
from generators.render import render
from generators.retention import Retention
from local import packages, stacks
from local.emulator import Emulator, EmulatorSession
from serverlessapp.operations import ledger
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.stack import Stack, StackLane, find
from serverlessapp.package.archive import PackageError
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane

from .conftest import wait_until

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CSV = (EXAMPLES / "parquet/samples/orders.csv").read_bytes()
PDF = (EXAMPLES / "pages/samples/letter.pdf").read_bytes()
NAME = "examples"
# How uv says that it got no answer; anything else is a defect of an example.
UNREACHABLE = ("failed to fetch", "error sending request", "network connectivity is disabled")


@pytest.fixture(scope="module")
def session(enforcing: Emulator) -> EmulatorSession:
    return enforcing.session()


@pytest.fixture(scope="module")
def stack(session: EmulatorSession) -> Stack:
    """Deploy three lanes: receipts of everything through EventBridge, and two by suffix."""
    chosen = [each for each in lanes.load(EXAMPLES) if each.name in ("pages", "parquet")]
    content = load(render(build(Retention.EPHEMERAL, (lane(source="eventbridge"), *chosen))))
    for resource in content["Resources"].values():  # the emulator speaks plain HTTP
        policy = resource["Properties"].get("PolicyDocument", {"Statement": []})
        policy["Statement"] = [
            each for each in policy["Statement"] if each.get("Sid") != "DenyInsecureTransport"
        ]
    try:
        code = packages.store(session, [each.processor for each in chosen])
    except PackageError as error:
        if any(words in str(error).lower() for words in UNREACHABLE):
            pytest.skip(f"no package index can be reached: {error}")
        raise
    cloudformation = session.client("cloudformation")
    stacks.deploy(
        cloudformation,
        stack=NAME,
        template=json.dumps(content),
        parameters={"EnvironmentSuffix": NAME, **code},
    )
    return find(cloudformation, NAME)


def lane_of(stack: Stack, processor: str) -> StackLane:
    return next(each for each in stack.lanes if each.processor == processor)


def upload(session: EmulatorSession, stack: Stack, name: str, content: bytes) -> str:
    """Upload a file, and return its version."""
    done = session.client("s3").put_object(
        Bucket=stack.bucket, Key=stack.prefix + name, Body=content
    )
    return str(done["VersionId"])


def entry(session: EmulatorSession, stack: Stack, processor: str, name: str) -> Any:
    """Wait for a file's entry in a lane's ledger; it has to be signed."""
    where = lane_of(stack, processor)

    def probe() -> Any:
        pages = ledger.pages(session.client("dynamodb"), where.ledger, stack.prefix + name)
        return next((item for page in pages for item in page), None)

    item = wait_until(f"{processor} of {name}", probe)
    s3, secrets = session.client("s3"), session.client("secretsmanager")
    checked = Checker(stack=stack, s3=s3, secrets=secrets).check(where, item)
    assert checked.verdict is ReceiptStatus.VERIFIED, checked.reason
    return item


def test_each_file_gets_to_its_processor_and_to_receipts(
    session: EmulatorSession, stack: Stack
) -> None:
    orders = upload(session, stack, "orders 1.csv", CSV)
    letter = upload(session, stack, "letter.pdf", PDF)
    for name in ("orders 1.csv", "letter.pdf"):
        assert entry(session, stack, "receipts", name)["receipt"]["M"]["sha256"]

    result = entry(session, stack, "parquet", "orders 1.csv")["receipt"]["M"]
    key = f"results/uploads/orders 1.csv/{orders}.parquet"
    assert (result["parquet"], result["rows"]) == ({"S": key}, {"N": "3"})
    content = session.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    assert content.startswith(b"PAR1")
    assert content.endswith(b"PAR1")

    result = entry(session, stack, "pages", "letter.pdf")["receipt"]["M"]
    key = f"results/uploads/letter.pdf/{letter}.txt"
    assert (result["text"], result["pages"]) == ({"S": key}, {"N": "2"})
    content = session.client("s3").get_object(Bucket=stack.bucket, Key=key)["Body"].read()
    assert content.decode() == "Invoice 2026-118\fGröße: 12 cm\f"


@pytest.mark.parametrize(
    ("processor", "name", "content", "reason"),
    [
        ("parquet", "damaged.csv", b"a,b\n1,2\n3\n", "Row #3: Expected 2 columns, got 1"),
        ("pages", "damaged.pdf", PDF[:300], "not a PDF that can be read"),
    ],
)
def test_a_damaged_file_is_parked_with_the_reason(
    session: EmulatorSession,
    stack: Stack,
    processor: str,
    name: str,
    content: bytes,
    reason: str,
) -> None:
    upload(session, stack, name, content)
    queue = lane_of(stack, processor).dead_letter_queue

    def parked() -> list[str]:
        messages = session.client("sqs").receive_message(
            QueueUrl=queue, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        found = messages.get("Messages", [])
        return [each["MessageAttributes"]["Reason"]["StringValue"] for each in found]

    (said,) = wait_until("a parked message", parked)
    assert reason in said


@pytest.mark.parametrize("role", ["ParquetRole", "PagesRole"])
def test_nothing_is_written_beside_the_results(
    session: EmulatorSession, stack: Stack, role: str
) -> None:
    iam = session.client("iam")
    described = session.client("cloudformation").describe_stack_resource(
        StackName=NAME, LogicalResourceId=role
    )
    name = described["StackResourceDetail"]["PhysicalResourceId"]
    trusting = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(
        RoleName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trusting]})
    )
    s3 = session.assuming(iam.get_role(RoleName=name)["Role"]["Arn"], "test").client("s3")
    s3.put_object(Bucket=stack.bucket, Key="results/x", Body=b"")
    for key in ("x", f"{stack.prefix}x.csv", "result/x"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(Bucket=stack.bucket, Key=key, Body=b"")
