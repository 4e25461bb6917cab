"""``verify``: compare receipts with the objects, and with the secret that signed them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING

from serverlessapp.operations import ledger
from serverlessapp.operations.checker import Checker, ReceiptStatus, Verification
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

THREADS = 8


def run(
    report: Report, checker: Checker, dynamodb: "DynamoDBClient", *, key: str | None, strict: bool
) -> int:
    """Verify the whole ledger, or one key. ``strict``: an object that is gone is a failure."""
    counts: Counter[str] = Counter({verdict.value: 0 for verdict in ReceiptStatus})
    shown = []
    pages = ledger.pages(dynamodb, checker.stack.ledger, key)
    with report.progress("verifying") as progress, ThreadPoolExecutor(THREADS) as pool:
        for verification in (done for page in pages for done in pool.map(checker.check, page)):
            counts[verification.verdict.value] += 1
            if verification.verdict is not ReceiptStatus.VERIFIED:
                shown.append(verification)
            progress(", ".join(f"{number:,} {name}" for name, number in counts.items() if number))
    if key is not None and not counts.total():
        shown.append(
            Verification(
                key=key, version_id="", verdict=ReceiptStatus.FAILED, reason="not in the ledger"
            )
        )
        counts[ReceiptStatus.FAILED.value] += 1
    if shown:
        rows = [(f.key, f.version_id, f.verdict.value, f.reason) for f in shown]
        report.table(("key", "version", "verdict", "reason"), rows)
    totals = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    report.say(f"{count(counts.total(), 'receipt')}: {totals}")
    report.document(
        {
            "stack": checker.stack.name,
            "counts": counts,
            "findings": [asdict(verification) for verification in shown],
        }
    )
    bad = counts[ReceiptStatus.FAILED.value] + (counts[ReceiptStatus.GONE.value] if strict else 0)
    return 1 if bad else 0
