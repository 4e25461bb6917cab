"""What went in has come out: files as receipts, the damaged one in the dead-letter queue."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from serverlessapp.operations import ledger, messages
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Depth, Message
from tests.acceptance.checks.expectations import expect, wait
from tests.acceptance.checks.files import POISON, PROCESSED
from tests.acceptance.checks.stack import StackUnderTest

COUNTED = "words:count"  # examples/words; anything else is the built-in processor
METRICS = '"_aws"'  # in each EMF line
# One from each processor that .taskcat.yml deploys.
REASONS = ("declared SHA-256 is", "not text in UTF-8")


def receipts(stack: StackUnderTest) -> None:
    """Each file has an entry in the ledger that is true of what was sent."""
    wanted = {stack.outputs.prefix + name: content for name, content in PROCESSED.items()}
    entries: dict[str, Mapping[str, Any]] = {}

    def look() -> bool:
        pages = ledger.pages(stack.client("dynamodb"), stack.lane.ledger)
        entries.update({item["object_key"]["S"]: item for page in pages for item in page})
        return wanted.keys() <= entries.keys()

    def otherwise() -> str:
        missing = len(wanted.keys() - entries.keys())
        some = f"{missing} of {len(wanted)} files have no receipt"
        return f"{some} after {stack.seconds:.0f} s; {last_error(stack)}"

    wait(look, stack.seconds, otherwise)
    compare = compare_counts if stack.parameters["Processor"] == COUNTED else compare_receipt
    for key, content in wanted.items():
        version = entries[key]["version_id"]["S"]
        expect(version == stack.uploaded[key], f"{key}: the ledger has version {version}")
        compare(stack, entries[key], content)


def last_error(stack: StackUnderTest) -> str:
    """Return what the function's log says last about an error."""
    pages = stack.client("logs").get_paginator("filter_log_events")
    matching = pages.paginate(logGroupName=stack.lane.log_group, filterPattern="?ERROR ?Error")
    told = (event["message"].strip() for page in matching for event in page["events"])
    lines = [line for line in told if METRICS not in line]
    if not lines:
        return "the log tells of no error"
    try:
        content = json.loads(lines[-1])
        return f"the log says: {content['error_type']}: {content['error']}"
    except (ValueError, KeyError, TypeError):  # not a line of ours
        return f"the log says: {lines[-1]}"


def compare_receipt(stack: StackUnderTest, item: Mapping[str, Any], content: bytes) -> None:
    """Compare a signed receipt with what was sent, with the object, and with the secret."""
    checker = Checker(
        stack=stack.outputs, s3=stack.client("s3"), secrets=stack.client("secretsmanager")
    )
    finding = checker.check(stack.lane, item)
    verdict = f"its receipt is not true ({finding.verdict.value}): {finding.reason}"
    expect(finding.verdict is ReceiptStatus.VERIFIED, f"{finding.key}: {verdict}")
    sha256 = item["receipt"]["M"]["sha256"]["S"]
    sent = hashlib.sha256(content).hexdigest()
    expect(sha256 == sent, f"{finding.key}: the receipt has SHA-256 {sha256}, sent was {sent}")


def compare_counts(stack: StackUnderTest, item: Mapping[str, Any], content: bytes) -> None:
    """Compare what examples/words wrote with what was sent."""
    text = content.decode()
    wanted = {"lines": text.count("\n"), "words": len(text.split())}
    counts = TypeDeserializer().deserialize(item.get("receipt", {"M": {}}))
    key = item["object_key"]["S"]
    expect(counts == wanted, f"{key}: the processor found {counts}, not {wanted}")


def dead_letter(stack: StackUnderTest) -> None:
    """The damaged file is in the dead-letter queue with its reason, and not in the ledger."""
    sqs, queue = stack.client("sqs"), stack.lane.dead_letter_queue
    poison, kept = stack.outputs.prefix + POISON, Depth.of(sqs, queue).kept

    def look() -> Message | None:
        received = messages.receive(sqs, queue, 5, kept)
        about = (m for m in received if any(u.key == poison for u in uploads_in(m.body)))
        return next(about, None)

    message = wait(look, stack.seconds, lambda: f"{poison} is not in the dead-letter queue in time")
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message.receipt_handle)
    reason = message.reason or "no reason"
    expect(any(known in reason for known in REASONS), f"{poison} was parked with {reason}")
    entries = ledger.entries(stack.client("dynamodb"), stack.lane.ledger, [poison])
    expect(not entries, f"{poison} is in the ledger though it was refused")
