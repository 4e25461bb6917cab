"""``receipt``: what the ledger has about one file, who signed it, and whether that is true."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from serverlessapp.clients import DynamoDBClient
from serverlessapp.operations import ledger, verify
from serverlessapp.operations.checker import Checker, ReceiptStatus, Verification
from serverlessapp.operations.receipts import Receipt, canonical
from serverlessapp.report import Report


def run(
    report: Report, checker: Checker, dynamodb: DynamoDBClient, *, key: str, strict: bool
) -> int:
    """Show the entries of a key, one for each processor that has one, with their verdicts."""
    stack, verdicts = checker.stack, set()
    entries: list[dict[str, object]] = []
    for lane in stack.chosen:
        for item in next(ledger.pages(dynamodb, lane.ledger, key)):
            verification = checker.check(lane, item)
            verdicts.add(verification.verdict)
            receipt = Receipt.maybe(item)
            if entries:
                report.say("")
            entries.append(document(item, verification, receipt, stack.bucket))
            for name, value in lines(item, verification, receipt).items():
                report.say(f"{name + ':':<11}{value}")
    if not entries:
        verify.show(report, stack, [asdict(verify.nowhere(stack, key))])
        verdicts.add(ReceiptStatus.MISSING)
    report.document({"stack": stack.name, "key": key, "entries": entries})
    return verify.exit_code(verdicts, strict)


def document(
    item: Mapping[str, Any], verification: Verification, receipt: Receipt | None, bucket: str
) -> dict[str, object]:
    """Return an entry as the API has it, the text that its signature covers, and the verdict."""
    return {
        "processor": verification.processor,
        "item": {name: canonical(value) for name, value in item.items()},
        "signed": receipt.statement(bucket) if receipt else None,
        "signature": receipt.signature if receipt else None,
        "secret_version": receipt.secret_version if receipt else None,
        "verdict": verification.verdict.value,
        "reason": verification.reason,
    }


def lines(
    item: Mapping[str, Any], verification: Verification, receipt: Receipt | None
) -> dict[str, str]:
    """Return what a person wants to know, by its name; of a damaged entry, what there is."""
    signed = f"version {receipt.secret_version} of the secret" if receipt else "nobody"
    return {
        "file": verification.key,
        "version": verification.version_id,
        "bytes": str(content(item, "size")),
        "processor": verification.processor,
        "processed": moment(content(item, "processed_at")),
        "result": json.dumps(content(item, "receipt"), ensure_ascii=False),
        "signed by": signed,
        "verdict": ": ".join(filter(None, (verification.verdict.value, verification.reason))),
    }


def content(item: Mapping[str, Any], name: str) -> Any:
    """Return what an attribute has, whatever its type; nothing where there is no such attribute."""
    return next(iter(canonical(item[name]).values())) if name in item else ""


def moment(seconds: Any) -> str:
    """Return a time for people; of what is none, itself."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat()
    except (OSError, OverflowError, TypeError, ValueError):
        return str(seconds)
