"""``reprocess``: process files again, once a processor was repaired.

The current version of each file gets an event that comes after the one in the ledger, and before
any that S3 has yet to send.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import partial

from botocore.exceptions import ClientError

from serverlessapp.clients import DynamoDBClient, S3Client, SQSClient
from serverlessapp.operations import ledger, untaken, uploads
from serverlessapp.operations.comparison import Judge, compare
from serverlessapp.operations.enqueue import Enqueuer
from serverlessapp.operations.ledger import LedgerEntry
from serverlessapp.operations.plan import DAMAGED, UNTAKEN, SendPlan
from serverlessapp.operations.stack import Stack
from serverlessapp.operations.uploads import EVER, START, CurrentFile, Page, in_utc
from serverlessapp.report import Report

# S3's answers about one key; others are about all of them.
REFUSED = ("AccessDenied", "InvalidArgument", "KeyTooLongError")
ALWAYS = datetime.max.replace(tzinfo=UTC)


def judging(since: datetime, until: datetime) -> Judge:
    """Return what chooses the files that were processed in a period, or else uploaded in it."""

    def judge(file: CurrentFile, entry: LedgerEntry | None) -> str:
        if entry is None:
            moment, what = datetime.fromisoformat(file.upload.uploaded), "not processed; uploaded"
        else:
            moment, what = datetime.fromtimestamp(entry.processed_at, UTC), "processed"
        return f"{what} {in_utc(moment)}" if since <= moment < until else ""

    return judge


def run(
    report: Report,
    stack: Stack,
    s3: S3Client,
    sqs: SQSClient,
    dynamodb: DynamoDBClient,
    *,
    keys: Collection[str],
    prefix: str | None,
    since: datetime | None,
    until: datetime | None,
) -> int:
    """Choose, ask, and enqueue: these keys, or what is below a prefix and was done in a period.

    Raises:
        OperatorError: The stack does not process files there.
    """
    where = uploads.below(stack, prefix)
    left = dict.fromkeys(keys, "not in the bucket, or not a file of this processor")

    def named() -> Iterator[Page]:
        for key in dict.fromkeys(keys):
            try:
                yield Page(files=list(uploads.named(s3, stack.bucket, key)), place=START)
            except ClientError as error:
                if error.response["Error"]["Code"] not in REFUSED:
                    raise
                left[key] = str(error)

    pages = named() if keys else uploads.pages(s3, stack.bucket, [where], EVER)
    judge = judging(since or EVER, until or ALWAYS)
    with SendPlan() as plan:
        with report.progress("comparing the bucket with the ledger") as progress:
            for page in compare(stack, pages, partial(ledger.entries, dynamodb), judge):
                plan.add(page, page.candidates)
                for file in page.candidates:
                    if file.processor:
                        left.pop(file.upload.key, None)
                progress(f"{plan.progress.files:,} files")
        left |= {file.upload.key: file.why for file in plan.rows(DAMAGED)}
        untaken.note(report, plan.count(UNTAKEN), untaken.rows(stack, plan))
        for key, why in sorted(left.items()):
            report.note(f"{key}: {why}")
        document = {"untaken": untaken.rows(stack, plan), "left": sorted(left)}
        enqueuer = Enqueuer(report=report, stack=stack, s3=s3, sqs=sqs, command="reprocess")
        code = enqueuer.offer(plan, document)
    return code or (1 if left else 0)
