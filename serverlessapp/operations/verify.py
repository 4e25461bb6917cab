"""``verify``: ledger entries beside objects and the secret that signed them, and the reverse."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial

from botocore.exceptions import ClientError

from serverlessapp.clients import DynamoDBClient
from serverlessapp.exit_codes import ExitCode
from serverlessapp.operations import ledger, reconcile, untaken, uploads
from serverlessapp.operations.checker import Checker, ReceiptStatus, Verification
from serverlessapp.operations.comparison import compare
from serverlessapp.operations.ledger import LedgerEntry
from serverlessapp.operations.spool import Spool
from serverlessapp.operations.stack import Stack
from serverlessapp.operations.uploads import CurrentFile
from serverlessapp.report import Report, count

THREADS = 8
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
HEADINGS = ("key", "version", "verdict", "reason")
SETTLING = timedelta(hours=1)  # younger files may be on their way


def run(
    report: Report, checker: Checker, dynamodb: DynamoDBClient, *, key: str | None, strict: bool
) -> int:
    """Verify the whole ledger, or one key. ``strict``: an object or signature has to be there."""
    stack = checker.stack
    counts: Counter[str] = Counter({verdict.value: 0 for verdict in ReceiptStatus})
    with Spool() as findings, Spool() as strays:
        try:
            with report.progress("verifying") as progress:
                for verification in judged(checker, dynamodb, key, strays, progress):
                    counts[verification.verdict.value] += 1
                    if verification.verdict is not ReceiptStatus.VERIFIED:
                        findings.append(asdict(verification))
                    told = (f"{number:,} {name}" for name, number in counts.items() if number)
                    progress(", ".join(told))
        finally:  # also when AWS ends it: what was found until then counts
            if len(findings):
                show(report, stack, findings)
        totals = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        entries = counts.total() - counts[ReceiptStatus.MISSING.value]
        report.say(f"{count(entries, 'receipt')}: {totals}")
        untaken.note(report, len(strays), strays)
        document = {"findings": findings, "untaken": strays}
        report.document({"stack": stack.name, "counts": counts, **document})
    return exit_code((ReceiptStatus(name) for name, number in counts.items() if number), strict)


def exit_code(verdicts: Iterable[ReceiptStatus], strict: bool) -> ExitCode:
    """Return the exit code of these verdicts: that of the worst."""
    codes = {
        ReceiptStatus.FAILED: ExitCode.WRONG,
        ReceiptStatus.MISSING: ExitCode.MISSING,
        ReceiptStatus.UNVERIFIABLE: ExitCode.UNVERIFIABLE,
    }
    if strict:
        codes |= dict.fromkeys((ReceiptStatus.GONE, ReceiptStatus.SKIPPED), ExitCode.WRONG)
    return min((codes[v] for v in verdicts if v in codes), default=ExitCode.FINE)


def judged(
    checker: Checker,
    dynamodb: DynamoDBClient,
    key: str | None,
    strays: Spool,
    progress: Callable[[str], None],
) -> Iterator[Verification]:
    """Yield all verdicts, or those about one key; files that no processor takes become strays."""
    is_known = False
    for verification in verified(checker, dynamodb, key):
        is_known = True
        yield verification
    if key is None:
        yield from missing(checker, dynamodb, strays, progress)
    elif not is_known:
        yield nowhere(checker.stack, key)


def verified(checker: Checker, dynamodb: DynamoDBClient, key: str | None) -> Iterator[Verification]:
    """Yield the verdicts about all entries of the lanes, or about those of one key."""
    with ThreadPoolExecutor(THREADS) as pool:
        for lane in checker.stack.chosen:
            for page in ledger.pages(dynamodb, lane.ledger, key):
                yield from pool.map(partial(checker.check, lane), page)


def nowhere(stack: Stack, key: str) -> Verification:
    """Return the verdict about a file that no ledger has."""
    names = ", ".join(lane.processor for lane in stack.takers(key) if lane in stack.chosen)
    reason = "not in the ledger" if names else "not in the ledger: matches no processor"
    verdict = ReceiptStatus.MISSING
    return Verification(processor=names, key=key, version_id="", verdict=verdict, reason=reason)


def show(report: Report, stack: Stack, findings: Iterable[Mapping[str, str]]) -> None:
    """Print the table; of ``Verification`` as dicts."""
    columns = ("key", "version_id", "verdict", "reason")
    rows = (stack.row(row["processor"], *(row[name] for name in columns)) for row in findings)
    report.table(list(map(str, stack.row("processor", *HEADINGS))), rows)


def missing(
    checker: Checker, dynamodb: DynamoDBClient, strays: Spool, progress: Callable[[str], None]
) -> Iterator[Verification]:
    """Yield files without an entry, as ``reconcile`` finds them; memory stays flat."""
    stack, now = checker.stack, datetime.now(UTC)
    where = uploads.below(stack, None)
    judge = reconcile.judging(now - timedelta(days=ledger.LEDGER_DAYS))
    settled = uploads.in_utc(now - SETTLING)

    def judge_settled(file: CurrentFile, entry: LedgerEntry | None) -> str:
        return judge(file, entry) if file.upload.uploaded < settled else ""

    pages, seen = uploads.pages(checker.s3, stack.bucket, [where], uploads.EVER), 0
    try:
        for page in compare(stack, pages, partial(ledger.entries, dynamodb), judge_settled):
            for file in page.candidates:
                if not file.processor:
                    strays.append(untaken.row(stack, file.upload.key))
                elif file.why != reconcile.EXPIRED and not file.is_damaged:  # that is an entry
                    yield Verification(
                        processor=file.processor,
                        key=file.upload.key,
                        version_id=file.upload.version_id,
                        verdict=ReceiptStatus.MISSING,
                        reason=file.why,
                    )
            seen += page.seen
            progress(f"{seen:,} files")
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        yield Verification(
            processor="",
            key=where,
            version_id="",
            verdict=ReceiptStatus.UNVERIFIABLE,
            reason=f"did not look for files without an entry: {error}",
        )
