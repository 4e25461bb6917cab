"""Telling the processors about files, as S3 does: show the plan, ask, send."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import Any

from serverlessapp.clients import BatchResultErrorEntryTypeDef, S3Client, SQSClient
from serverlessapp.errors import OperatorError
from serverlessapp.operations.comparison import Candidate
from serverlessapp.operations.events import message_about
from serverlessapp.operations.messages import BATCH, Depth
from serverlessapp.operations.plan import LEFT_OUT, PLANNED, REFUSED, SendPlan
from serverlessapp.operations.stack import Stack
from serverlessapp.report import SHOWN_ROWS, Report, count

HEADINGS = ("key", "version", "bytes", "why")
ATTEMPTS = 5  # to send what SQS did not take of a batch
PAUSE_SECONDS = 0.2  # before the second attempt, and twice as long before each other


@dataclass(frozen=True, kw_only=True)
class Enqueuer:
    """Tells the processors about the files of a plan."""

    report: Report
    stack: Stack
    s3: S3Client
    sqs: SQSClient
    command: str
    rate: float | None = None  # files per second, at most

    def waiting(self) -> int:
        """Return about how many messages wait in the ingest queues, or are worked on."""
        depths = [Depth.of(self.sqs, lane.ingest_queue) for lane in self.stack.chosen]
        return sum(depth.visible + depth.hidden for depth in depths)

    def offer(self, plan: SendPlan, document: Mapping[str, Any]) -> int:
        """Show the plan and ask, then send an event for each file; return the exit code.

        In the end the plan is finished, or given up. ``document`` is what else the JSON says.

        Raises:
            OperatorError: SQS does not take more now.
        """
        report, planned = self.report, plan.count(PLANNED)
        not_sent = "left_out <> '' AND sequencer <> ''"
        if rows := planned + plan.count(not_sent):
            shown = islice(chain(plan.rows(PLANNED), plan.rows(not_sent)), SHOWN_ROWS)
            headings = list(map(str, self.stack.row("processor", *HEADINGS)))
            report.table(headings, map(self.cells, shown))
            if rows > SHOWN_ROWS:
                report.say(f"and {count(rows - SHOWN_ROWS, 'row')} more; --json has them all")
        wait = self.waiting()
        if wait:
            report.note(
                f"about {count(wait, 'message')} still in the ingest queue, perhaps for some of "
                "these files; processing a file twice is harmless"
            )
        planned_rows = map(asdict, plan.rows(PLANNED))
        told = {"stack": self.stack.name, "planned": planned_rows, "waiting": wait, **document}
        before = plan.progress.sent
        if left := planned - before:
            if refused := report.refusal(f"Enqueue {count(left, 'file')}?"):
                report.document({**told, "sent": before})
                plan.abandon()
                return refused
            with report.progress("enqueuing") as progress:
                self.send(plan, progress)
            report.say(f"{count(plan.progress.sent - before, 'file')} enqueued")
        else:
            report.say("nothing to enqueue")
        report.document({**told, "sent": plan.progress.sent})
        if refusals := plan.count(LEFT_OUT, REFUSED):
            report.note(f"SQS refused {count(refusals, 'file')}; run the command again")
        plan.finish()
        return 1 if refusals else 0

    def cells(self, candidate: Candidate) -> tuple[object, ...]:
        """Return a candidate's line of the table."""
        upload = candidate.upload
        shown = (upload.key, upload.version_id, upload.size, candidate.why)
        return self.stack.row(candidate.processor, *shown)

    def send(self, plan: SendPlan, progress: Callable[[str], None]) -> None:
        """Send an event for each file, and note each batch: what stops here, goes on here."""
        queues = {lane.processor: lane.ingest_queue for lane in self.stack.chosen}
        due = time.monotonic()
        while batch := plan.batch(BATCH):
            if self.rate:
                time.sleep(max(0, due - time.monotonic()))
                due = max(due, time.monotonic()) + len(batch) / self.rate
            bodies = {str(number): self.message(file) for number, file in enumerate(batch)}
            failed = send_batch(self.sqs, queues[batch[0].processor], bodies)
            plan.sent(batch, [candidate for n, candidate in enumerate(batch) if str(n) in failed])
            progress(f"{plan.progress.sent:,}")
            if busy := [why for why in failed.values() if not why["SenderFault"]]:
                raise OperatorError(f"SQS is throttling: {busy[0]['Code']}")

    def message(self, candidate: Candidate) -> str:
        """Return the event about a candidate, as S3 would have sent it."""
        return message_about(
            candidate.upload,
            bucket=self.stack.bucket,
            region=self.sqs.meta.region_name,
            partition=self.s3.meta.partition,
            sequencer=candidate.sequencer,
            command=self.command,
        )


def send_batch(
    sqs: SQSClient, queue: str, bodies: Mapping[str, str]
) -> dict[str, BatchResultErrorEntryTypeDef]:
    """Send messages, and again what SQS did not take of them; return why it still did not.

    The call succeeds even if SQS took none of them (Amazon SQS API Reference,
    "SendMessageBatch"); the SDK tries again only when the whole call fails.
    """
    failed: dict[str, BatchResultErrorEntryTypeDef] = {}
    for attempt in range(ATTEMPTS):
        answer = sqs.send_message_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": number, "MessageBody": body}
                for number, body in bodies.items()
                if not attempt or number in failed
            ],
        )
        failed = {entry["Id"]: entry for entry in answer.get("Failed", [])}
        if all(entry["SenderFault"] for entry in failed.values()):
            break
        time.sleep(PAUSE_SECONDS * 2**attempt)
    return failed
