"""Files that went in have come out as receipts."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from serverlessapp.operations import ledger
from serverlessapp.operations.checker import Checker, ReceiptStatus
from tests.acceptance.checks import samples
from tests.acceptance.checks.expectations import Broken, expect, wait
from tests.acceptance.checks.subject import Subject

COUNTED = "words:count"  # examples/words; anything else is the built-in processor

METRICS = '"_aws"'  # in each EMF line

Item = Mapping[str, Any]


def check(subject: Subject) -> None:
    """Wait for the ledger's entries, and compare each with what was sent.

    Raises:
        Broken: A file has no entry, or the wrong one.
    """
    wanted = {subject.stack.prefix + name: text for name, text in samples.PROCESSED.items()}
    entries = wait_for_entries(subject, wanted)
    for key, content in wanted.items():
        version = entries[key]["version_id"]["S"]
        expect(version == subject.uploaded[key], f"{key}: the ledger has version {version}")
        if subject.parameters["Processor"] == COUNTED:
            compare_counts(key, entries[key], content)
        else:
            compare_receipt(subject, entries[key], content)


def wait_for_entries(subject: Subject, wanted: Mapping[str, object]) -> Mapping[str, Item]:
    """Return the ledger's entries by key, as soon as all are there.

    Raises:
        Broken: Some are not there in time.
    """
    found: dict[str, Item] = {}

    def look() -> bool:
        pages = ledger.pages(subject.client("dynamodb"), subject.stack.ledger)
        found.update({item["object_key"]["S"]: item for page in pages for item in page})
        return wanted.keys() <= found.keys()

    try:
        wait("receipts", look, subject.seconds)
    except Broken as broken:
        missing = sorted(wanted.keys() - found.keys())
        some = f"{len(missing)} of {len(wanted)} files have no receipt"
        raise Broken(f"{some} after {subject.seconds:.0f} s; {clue(subject)}") from broken
    return found


def clue(subject: Subject) -> str:
    """Return what the function's log says last about an error; its metrics are no words."""
    pages = (
        subject.client("logs")
        .get_paginator("filter_log_events")
        .paginate(logGroupName=subject.stack.log_group, filterPattern="?ERROR ?Error")
    )
    told = (event["message"].strip() for page in pages for event in page["events"])
    lines = [line for line in told if METRICS not in line]
    return f"the log says: {reason(lines[-1])}" if lines else "the log tells of no error"


def reason(line: str) -> str:
    """Return the error in a line of the function's log, or the line if it is not ours."""
    try:
        content = json.loads(line)
        return f"{content['error_type']}: {content['error']}"
    except (ValueError, KeyError, TypeError):
        return line


def compare_receipt(subject: Subject, item: Item, content: bytes) -> None:
    """Compare a signed receipt with what was sent, with the object, and with the secret.

    Raises:
        Broken: It does not belong to one of these.
    """
    checker = Checker(
        stack=subject.stack, s3=subject.client("s3"), secrets=subject.client("secretsmanager")
    )
    finding = checker.check(item)
    expect(
        finding.verdict is ReceiptStatus.VERIFIED,
        f"{finding.key}: its receipt is not true ({finding.verdict.value}): {finding.reason}",
    )
    sha256 = item["receipt"]["M"]["sha256"]["S"]
    expect(
        sha256 == hashlib.sha256(content).hexdigest(),
        f"{finding.key}: the receipt's SHA-256 {sha256} is not that of the bytes sent",
    )


def compare_counts(key: str, item: Item, content: bytes) -> None:
    """Compare what examples/words wrote with what was sent.

    Raises:
        Broken: It counted something else, or another processor ran.
    """
    text = content.decode()
    expected = {"lines": text.count("\n"), "words": len(text.split())}
    found = TypeDeserializer().deserialize(item.get("receipt", {"M": {}}))
    expect(found == expected, f"{key}: the processor found {found}, not {expected}")
