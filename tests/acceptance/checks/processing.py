"""What went in has come out: files as entries of ledgers, the rest in dead-letter queues."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from serverlessapp.operations import ledger, messages
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Depth
from serverlessapp.operations.stack import StackLane
from tests.acceptance.checks.expectations import expect, wait
from tests.acceptance.checks.files import UNREADABLE, poison, sent
from tests.acceptance.checks.stack import StackUnderTest

COUNTED = "words:count"  # examples/words
BUILT_IN = "index:sign_receipt"
METRICS = '"_aws"'  # in each EMF line
# Why the damaged file is refused, by one processor or the other.
REASONS = ("declared SHA-256 is", "not text in UTF-8")


def entries(stack: StackUnderTest) -> None:
    """Each file has an entry in its lane's ledger that is true of what was sent, and signed."""
    checker = Checker(
        stack=stack.outputs, s3=stack.client("s3"), secrets=stack.client("secretsmanager")
    )
    for lane in stack.outputs.lanes:
        wanted = sent(stack, lane)
        made = entries_of(stack, lane, wanted)
        for key, content in wanted.items():
            version = made[key]["version_id"]["S"]
            expect(version == stack.uploaded[key], f"{key}: the ledger has version {version}")
            verified = checker.check(lane, made[key])
            verdict = f"its entry does not verify ({verified.verdict.value}): {verified.reason}"
            expect(verified.verdict is ReceiptStatus.VERIFIED, f"{key}: {verdict}")
            if stack.handler(lane) == BUILT_IN:
                compare_digest(made[key], content)
            elif stack.handler(lane) == COUNTED:
                compare_counts(made[key], content)


def entries_of(
    stack: StackUnderTest, lane: StackLane, wanted: Collection[str]
) -> Mapping[str, Mapping[str, Any]]:
    """Wait for the entries of a lane's files, and return them by key."""
    made: dict[str, Mapping[str, Any]] = {}

    def look() -> bool:
        pages = ledger.pages(stack.client("dynamodb"), lane.ledger)
        made.update({item["object_key"]["S"]: item for page in pages for item in page})
        return set(wanted) <= made.keys()

    def otherwise() -> str:
        missing = len(set(wanted) - made.keys())
        some = f"{lane.processor}: {missing} of {len(wanted)} files are not in the ledger"
        return f"{some} after {stack.seconds:.0f} s; {last_error(stack, lane)}"

    wait(look, stack.seconds, otherwise)
    return made


def last_error(stack: StackUnderTest, lane: StackLane) -> str:
    """Return what a lane's log says last about an error."""
    pages = stack.client("logs").get_paginator("filter_log_events")
    matching = pages.paginate(logGroupName=lane.log_group, filterPattern="?ERROR ?Error")
    told = (event["message"].strip() for page in matching for event in page["events"])
    lines = [line for line in told if METRICS not in line]
    if not lines:
        return "the log tells of no error"
    try:
        content = json.loads(lines[-1])
        return f"the log says: {content['error_type']}: {content['error']}"
    except (ValueError, KeyError, TypeError):  # not a line of ours
        return f"the log says: {lines[-1]}"


def compare_digest(item: Mapping[str, Any], content: bytes) -> None:
    """Compare what processors/receipts wrote with what was sent."""
    key, sha256 = item["object_key"]["S"], item["receipt"]["M"]["sha256"]["S"]
    wanted = hashlib.sha256(content).hexdigest()
    expect(sha256 == wanted, f"{key}: the receipt has SHA-256 {sha256}, sent was {wanted}")


def compare_counts(item: Mapping[str, Any], content: bytes) -> None:
    """Compare what examples/words wrote with what was sent."""
    text = content.decode()
    wanted = {"lines": text.count("\n"), "words": len(text.split())}
    counts = TypeDeserializer().deserialize(item.get("receipt", {"M": {}}))
    key = item["object_key"]["S"]
    expect(counts == wanted, f"{key}: the processor found {counts}, not {wanted}")


def dead_letter(stack: StackUnderTest) -> None:
    """What no function can read is in each dead-letter queue with a reason; the damaged file too.

    That has no entry in the ledger.
    """
    for lane in stack.outputs.lanes:
        damaged = [key] if (key := poison(stack, lane)) else []
        reasons = parked(stack, lane, {UNREADABLE, *damaged})
        for what, reason in reasons.items():
            expect(reason, f"{lane.processor}: {what} was parked without a reason")
        for key in damaged:
            known = any(words in reasons[key] for words in REASONS)
            expect(known, f"{key} was parked with {reasons[key]}")
            entered = ledger.entries(stack.client("dynamodb"), lane, [key])
            expect(not entered, f"{key} is in the ledger though it was refused")


def parked(stack: StackUnderTest, lane: StackLane, wanted: set[str]) -> Mapping[str, str]:
    """Wait until messages are parked, delete them, and return why they were.

    Each is known by its body or by the key of the file that it is about.
    """
    sqs, queue = stack.client("sqs"), lane.dead_letter_queue
    kept = Depth.of(sqs, queue).kept
    reasons: dict[str, str] = {}

    def look() -> bool:
        for message in messages.receive(sqs, queue, 5, kept):
            about = {message.body, *(upload.key for upload in uploads_in(message.body))} & wanted
            if about:
                reasons.update(dict.fromkeys(about, message.reason))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message.receipt_handle)
        return reasons.keys() == wanted

    def otherwise() -> str:
        missing = ", ".join(sorted(wanted - reasons.keys()))
        return f"{lane.processor}: not in the dead-letter queue in time: {missing}"

    wait(look, stack.seconds, otherwise)
    return reasons
