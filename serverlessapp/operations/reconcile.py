"""``reconcile``: find files that a processor should have processed and did not; enqueue them.

For lost notifications, and for files that were there before the stack, or before the processor.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from serverlessapp.clients import DynamoDBClient, S3Client, SQSClient
from serverlessapp.exit_codes import ExitCode
from serverlessapp.operations import inventory, ledger, parked, state, untaken, uploads
from serverlessapp.operations.comparison import Judge, compare
from serverlessapp.operations.enqueue import Enqueuer
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.ledger import LEDGER_DAYS, LedgerEntry
from serverlessapp.operations.plan import (
    DAMAGED,
    LEFT_OUT,
    PLANNED,
    REFUSED,
    UNTAKEN,
    WAITING,
    SendPlan,
)
from serverlessapp.operations.stack import Stack
from serverlessapp.operations.uploads import EVER, START, CurrentFile, in_utc
from serverlessapp.report import Report, count

NEVER = "never processed"
NEWER = "the bucket has a newer version than the ledger"
EXPIRED = "no ledger entry, but it may have expired"
PARKED = "parked; use redrive"
# How long SQS may take to count what was sent (Amazon SQS API Reference, "GetQueueAttributes").
SETTLED_SECONDS = 60


def judging(forgotten: datetime) -> Judge:
    """Return what judges files; those from before a moment may have lost their entry by expiry."""
    limit = in_utc(forgotten)

    def judge(file: CurrentFile, entry: LedgerEntry | None) -> str:
        """Return what is wrong; empty when the ledger is up to date.

        A version that the ledger names and the bucket has no more was either before the
        current one (and expired) or after it (and was deleted for good): the times tell.
        Without versions, the ETag tells; an event about what is no longer there changes nothing.
        """
        if entry is None:
            return NEVER if file.upload.uploaded >= limit else EXPIRED
        if entry.version_id == file.upload.version_id == "null":
            return NEWER if entry.etag != file.upload.etag else ""
        is_older = entry.version_id in (file.earlier or ()) or (
            entry.event_time < file.upload.uploaded
        )
        return NEWER if entry.version_id != file.upload.version_id and is_older else ""

    return judge


def run(
    report: Report,
    stack: Stack,
    s3: S3Client,
    sqs: SQSClient,
    dynamodb: DynamoDBClient,
    *,
    prefixes: Sequence[str] = (),
    since: datetime | None = None,
    manifest: str | None = None,
    rate: float | None = None,
) -> int:
    """Compare, ask, and enqueue; only keys with a prefix, only what was uploaded since a moment.

    Without ``since``, files older than an entry's life are not taken for new ones. What was
    stopped goes on where it stopped, with the same arguments but for ``rate``.

    Raises:
        OperatorError: The stack does not process files there, the inventory is not as S3 writes
            it, or AWS refused; the message says how to go on.
    """
    where = uploads.all_below(stack, prefixes)
    enqueuer = Enqueuer(report=report, stack=stack, s3=s3, sqs=sqs, command="reconcile", rate=rate)
    listed = inventory.Inventory(s3, manifest, stack.bucket) if manifest else None
    binding = {
        "secret": stack.secret,  # no two stacks have the same, also not one after the other
        "bucket": stack.bucket,
        "queues": [lane.ingest_queue for lane in stack.chosen],
        "prefixes": where,
        "since": since and in_utc(since),
        "inventory": listed and [manifest, listed.checksum],
    }
    path = state.place("reconcile", stack.name, binding)
    again = "the same command" + (f", with --since {since.isoformat()}," if since else "")
    with state.resumable(report, path, again), SendPlan(path) as plan:
        if plan.progress.place != START or plan.progress.complete:
            report.note(f"resuming from {path}, begun {plan.progress.begun}")
        if not plan.progress.complete:
            read = listed.pages if listed else partial(uploads.pages, s3, stack.bucket)
            pages = read(where, since or EVER, plan.progress.place)
            judge = judging(EVER if since else datetime.now(UTC) - timedelta(days=LEDGER_DAYS))
            reread = partial(uploads.named, s3, stack.bucket)
            lookup = partial(ledger.entries, dynamodb)
            with report.progress("comparing the bucket with the ledger") as progress:
                for page in compare(stack, pages, lookup, judge, reread):
                    new = [file for file in page.candidates if file.why != EXPIRED]
                    plan.add(page, new, expired=len(page.candidates) - len(new))
                    progress(f"{plan.progress.files:,} files")
            leave_out_known(enqueuer, plan)
            plan.complete()
        return show_and_offer(enqueuer, plan)


def leave_out_known(enqueuer: Enqueuer, plan: SendPlan) -> None:
    """Leave out what is parked, and what the run before has sent and may still wait."""
    if not plan.count(PLANNED):
        return
    waiting = parked.listing(enqueuer.report, enqueuer.stack, enqueuer.sqs)
    for lane, messages in waiting.items():
        for upload in (upload for message in messages for upload in uploads_in(message.body)):
            plan.leave_out(PARKED, lane.processor, upload)
    settled = time.time() - plan.progress.previous > SETTLED_SECONDS
    if not settled or enqueuer.waiting():
        plan.leave_out_waiting()


def show_and_offer(enqueuer: Enqueuer, plan: SendPlan) -> int:
    """Say what was found, and enqueue it when somebody agrees; return the exit code."""
    report, stack = enqueuer.report, enqueuer.stack
    if expired := plan.progress.expired:
        report.note(
            f"{count(expired, 'file')} older than {LEDGER_DAYS} days without a ledger entry, "
            "which may have expired; include them with a --since before their upload"
        )
    if enqueued := plan.count(LEFT_OUT, WAITING):
        report.note(
            f"the previous run enqueued {count(enqueued, 'file')} that may still wait; to "
            f"enqueue them again, delete {plan.path}"
        )
    for why in (NEVER, NEWER):
        if number := plan.count(f"{PLANNED} AND why = ?", why):
            report.say(f"{count(number, 'file')}: {why}")
    untaken.note(report, plan.count(UNTAKEN), untaken.rows(stack, plan))
    number = plan.count(DAMAGED)
    untaken.note(report, number, damaged(plan), "with a damaged entry")
    document = {
        "parked": left_out(plan, PARKED),
        "enqueued": left_out(plan, WAITING),
        "refused": left_out(plan, REFUSED),
        "expired": expired,
        "untaken": untaken.rows(stack, plan),
        "damaged": damaged(plan),
    }
    return enqueuer.offer(plan, document) or (ExitCode.WRONG if number else ExitCode.FINE)


def left_out(plan: SendPlan, reason: str) -> Iterator[dict[str, Any]]:
    """Yield what is not sent for a reason, as the JSON document has it."""
    for candidate in plan.rows(LEFT_OUT, reason):
        yield {"processor": candidate.processor, **asdict(candidate.upload)}


def damaged(plan: SendPlan) -> Iterator[dict[str, str]]:
    """Yield the files whose entries are damaged, and what to do about each."""
    for candidate in plan.rows(DAMAGED):
        yield {"key": candidate.upload.key, "hint": candidate.why}
