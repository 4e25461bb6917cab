"""``reconcile``: find files that a processor should have processed and did not; enqueue them.

For lost notifications, and for files that were there before the stack, or before the processor.
"""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from serverlessapp.exit_codes import ExitCode
from serverlessapp.operations import enqueue, ledger, parked, untaken, uploads
from serverlessapp.operations.comparison import UNTAKEN, Judge, compare
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.ledger import LEDGER_DAYS, LedgerEntry
from serverlessapp.operations.spool import Spool
from serverlessapp.operations.stack import Stack
from serverlessapp.operations.uploads import EVER, CurrentFile, in_utc
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

NEVER = "never processed"
NEWER = "newer version in the bucket than in the ledger"
EXPIRED = "no entry, but that may have expired"
PARKED = "parked; see redrive"


def judging(forgotten: datetime) -> Judge:
    """Return what judges files.

    Args:
        forgotten: What was uploaded before this, and has no entry, may have lost it by expiry.
    """
    limit = in_utc(forgotten)

    def judge(file: CurrentFile, entry: LedgerEntry | None) -> str:
        """Return what is wrong; empty when the ledger is up to date.

        A version that the ledger names and the bucket has no more was either before the
        current one (and expired) or after it (and was deleted for good): the times tell.
        """
        if entry is None:
            return NEVER if file.upload.uploaded >= limit else EXPIRED
        is_older = entry.version_id in file.earlier or entry.event_time < file.upload.uploaded
        return NEWER if entry.version_id != file.upload.version_id and is_older else ""

    return judge


def run(
    report: Report,
    stack: Stack,
    s3: "S3Client",
    sqs: "SQSClient",
    dynamodb: "DynamoDBClient",
    *,
    prefix: str | None,
    since: datetime | None,
) -> int:
    """Compare, ask, and enqueue; only keys with a prefix, only what was uploaded since a moment.

    Without ``since``, files older than an entry's life are not taken for new ones.

    Raises:
        OperatorError: The stack does not process files there.
    """
    where = uploads.below(stack, prefix)
    judge = judging(since or datetime.now(UTC) - timedelta(days=LEDGER_DAYS))
    with Spool() as unprocessed, Spool() as plan, Spool() as strays, Spool() as damaged:
        expired = 0
        with report.progress("comparing the bucket with the ledger") as progress:
            files = uploads.current(s3, stack.bucket, where, since or EVER)
            for file in compare(stack, files, ledger.reader(dynamodb), judge, progress):
                if file.why == UNTAKEN:
                    strays.append(untaken.row(stack, file.upload.key))
                elif not file.sequencer:
                    damaged.append({"key": file.upload.key, "hint": file.why})
                elif file.why == EXPIRED:
                    expired += 1
                else:
                    unprocessed.append(asdict(file))
        known: set[tuple[str, str, str]] = set()
        if len(unprocessed):
            for lane, messages in parked.listing(report, stack, sqs).items():
                for upload in (upload for m in messages for upload in uploads_in(m.body)):
                    known.add((lane.processor, upload.key, upload.version_id))
        here = []
        for row in unprocessed:
            upload = row["upload"]
            if (row["processor"], upload["key"], upload["version_id"]) in known:
                here.append({**row, "why": PARKED})
            else:
                plan.append(row)
        if expired:
            report.note(
                f"{count(expired, 'file')} older than {LEDGER_DAYS} days without an entry, which "
                "may have expired; --since with a date before their upload includes them"
            )
        untaken.note(report, len(strays), strays)
        untaken.note(report, len(damaged), damaged, "with a damaged entry")
        document = {
            "parked": [{"processor": row["processor"], **row["upload"]} for row in here],
            "expired": expired,
            "untaken": strays,
            "damaged": damaged,
        }
        code = enqueue.offer(
            report, stack, s3, sqs, plan, command="reconcile", document=document, others=here
        )
        return code or (ExitCode.WRONG if len(damaged) else ExitCode.FINE)
