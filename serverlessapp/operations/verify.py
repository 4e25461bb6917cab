"""``verify``: compare ledger entries with the objects, and with the secret that signed them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from serverlessapp.operations import ledger, untaken, uploads
from serverlessapp.operations.checker import Checker, ReceiptStatus, Verification
from serverlessapp.operations.spool import Spool
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

THREADS = 8
HEADINGS = ("key", "version", "verdict", "reason")


def run(
    report: Report, checker: Checker, dynamodb: "DynamoDBClient", *, key: str | None, strict: bool
) -> int:
    """Verify the whole ledger, or one key. ``strict``: whatever is not verified is a failure."""
    stack = checker.stack
    counts: Counter[str] = Counter({verdict.value: 0 for verdict in ReceiptStatus})
    shown: list[Verification] = []
    try:
        with report.progress("verifying") as progress:
            for verification in verified(checker, dynamodb, key):
                counts[verification.verdict.value] += 1
                if verification.verdict is not ReceiptStatus.VERIFIED:
                    shown.append(verification)
                told = (f"{number:,} {name}" for name, number in counts.items() if number)
                progress(", ".join(told))
        if key is not None and not counts.total():
            shown.append(nowhere(stack, key))
            counts[ReceiptStatus.FAILED.value] += 1
    finally:  # also when AWS ends it: what was found until then counts
        show(report, stack, shown)
    totals = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    report.say(f"{count(counts.total(), 'receipt')}: {totals}")
    with Spool() as strays:
        if key is None and untaken.possible(stack):
            find_untaken(report, checker, strays)
        document = {"findings": [asdict(finding) for finding in shown], "untaken": strays}
        report.document({"stack": stack.name, "counts": counts, **document})
    bad = counts[ReceiptStatus.FAILED.value]
    if strict:
        bad = counts.total() - counts[ReceiptStatus.VERIFIED.value]
    return 1 if bad else 0


def verified(
    checker: Checker, dynamodb: "DynamoDBClient", key: str | None
) -> Iterator[Verification]:
    """Yield the verdicts about all entries of the lanes, or about those of one key."""
    with ThreadPoolExecutor(THREADS) as pool:
        for lane in checker.stack.chosen:
            for page in ledger.pages(dynamodb, lane.ledger, key):
                yield from pool.map(partial(checker.check, lane), page)


def nowhere(stack: Stack, key: str) -> Verification:
    """Return the verdict about a file that no ledger has."""
    names = ", ".join(lane.processor for lane in stack.takers(key) if lane in stack.chosen)
    reason = "not in the ledger" if names else "not in the ledger: no processor takes it"
    failed = ReceiptStatus.FAILED
    return Verification(processor=names, key=key, version_id="", verdict=failed, reason=reason)


def show(report: Report, stack: Stack, findings: Iterable[Verification]) -> None:
    """Print the table, if there is anything in it."""
    rows = [
        stack.row(f.processor, f.key, f.version_id, f.verdict.value, f.reason) for f in findings
    ]
    if rows:
        report.table(list(map(str, stack.row("processor", *HEADINGS))), rows)


def find_untaken(report: Report, checker: Checker, strays: Spool) -> None:
    """Look for files that no processor takes; without leave to list the bucket, say so."""
    stack = checker.stack
    where = uploads.below(stack, None)
    try:
        with report.progress("listing the bucket"):
            for file in uploads.current(checker.s3, stack.bucket, where, uploads.EVER):
                if not stack.takers(file.upload.key):
                    strays.append(untaken.row(stack, file.upload.key))
    except ClientError as error:
        report.note(f"files that no processor takes were not looked for: {error}")
        return
    untaken.note(report, len(strays), strays)
