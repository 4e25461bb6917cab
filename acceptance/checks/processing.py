"""Files go in and receipts come out."""

import hashlib
from collections.abc import Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from acceptance.checks import samples
from acceptance.checks.expectations import Broken, expect, wait
from acceptance.checks.subject import Subject
from operations import ledger
from operations.checker import Checker, Verdict

SIGNED = "index:sign_receipt"  # the built-in processor
COUNTED = "words:count"  # examples/words


def check(subject: Subject) -> None:
    """Upload files with awkward names, wait for their entries, compare content and signature.

    Raises:
        Broken: A file has no entry, or the wrong one.
    """
    stack, s3 = subject.stack, subject.client("s3")
    versions = {}
    for name, content in samples.PROCESSED.items():
        key = stack.prefix + name
        done = s3.put_object(Bucket=stack.bucket, Key=key, Body=content)
        versions[key] = (done["VersionId"], content)
    entries = wait_for_entries(subject, versions)
    for key, item in entries.items():
        version, content = versions[key]
        expect(item["version_id"]["S"] == version, f"{key}: the ledger has another version of it")
        if subject.parameters["Processor"] == COUNTED:
            compare_counts(key, item, content)
        else:
            compare_receipt(subject, item, content)


def wait_for_entries(
    subject: Subject, wanted: Mapping[str, object]
) -> Mapping[str, Mapping[str, Any]]:
    """Return the ledger's entries by key, as soon as all are there."""
    found: dict[str, Mapping[str, Any]] = {}

    def look() -> bool:
        pages = ledger.pages(subject.client("dynamodb"), subject.stack.ledger)
        found.update({item["object_key"]["S"]: item for page in pages for item in page})
        return wanted.keys() <= found.keys()

    try:
        wait("receipts", look, subject.seconds)
    except Broken as broken:
        missing = sorted(wanted.keys() - found.keys())
        some = f"{len(missing)} of {len(wanted)} files have no receipt"
        raise Broken(f"{some} after {subject.seconds:.0f} s: {', '.join(missing)}") from broken
    return {key: found[key] for key in wanted}


def compare_receipt(subject: Subject, item: Mapping[str, Any], content: bytes) -> None:
    """Compare a signed receipt with what was sent, with the object, and with the secret."""
    checker = Checker(
        stack=subject.stack, s3=subject.client("s3"), secrets=subject.client("secretsmanager")
    )
    finding = checker.check(item)
    expect(
        finding.verdict is Verdict.VERIFIED,
        f"{finding.key}: its receipt is not true ({finding.verdict.value}): {finding.reason}",
    )
    sha256 = item["receipt"]["M"]["sha256"]["S"]
    expect(
        sha256 == hashlib.sha256(content).hexdigest(),
        f"{finding.key}: the receipt's SHA-256 {sha256} is not that of the bytes sent",
    )


def compare_counts(key: str, item: Mapping[str, Any], content: bytes) -> None:
    """Compare what examples/words wrote with what was sent."""
    text = content.decode()
    expected = {"lines": text.count("\n"), "words": len(text.split())}
    found = TypeDeserializer().deserialize(item.get("receipt", {"M": {}}))
    expect(found == expected, f"{key}: the processor found {found}, not {expected}")
