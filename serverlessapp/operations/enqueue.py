"""Telling the processors about files, as S3 does: show the plan, ask, send."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from serverlessapp.operations.events import Upload, message_about
from serverlessapp.operations.messages import BATCH, Depth
from serverlessapp.operations.spool import Spool
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

HEADINGS = ("key", "version", "bytes", "why")


def offer(
    report: Report,
    stack: Stack,
    s3: "S3Client",
    sqs: "SQSClient",
    plan: Spool,
    *,
    command: str,
    document: Mapping[str, Any],
    others: Iterable[Mapping[str, Any]] = (),
) -> int:
    """Show the plan and ask, then send an event for each file; return the exit code.

    Args:
        report: Where to say what happens.
        stack: Where the files are.
        s3: Knows the partition.
        sqs: Sends.
        plan: ``Candidate`` as dicts.
        command: Whose plan it is.
        document: What else the JSON document says.
        others: More rows of the table, which are not sent.
    """
    waiting = 0
    for lane in stack.chosen:
        depth = Depth.of(sqs, lane.ingest_queue)
        waiting += depth.visible + depth.hidden
    document = {"stack": stack.name, "planned": plan, "waiting": waiting, **document}
    others = list(others)
    if len(plan) or others:
        headings = list(map(str, stack.row("processor", *HEADINGS)))
        report.table(headings, (cells(stack, row) for row in chain(plan, others)))
    if waiting:
        report.note(
            f"about {count(waiting, 'message')} wait in the ingest queue: some of these files may "
            "only be waiting; processing one twice changes nothing"
        )
    if not len(plan):
        report.say("nothing to enqueue")
        report.document({**document, "sent": 0})
        return 0
    if refused := report.refusal(f"Enqueue {count(len(plan), 'file')}?"):
        report.document({**document, "sent": 0})
        return refused
    with report.progress("enqueuing") as progress:
        sent = send(stack, s3, sqs, plan, command=command, progress=progress)
    report.say(f"{count(sent, 'file')} enqueued")
    report.document({**document, "sent": sent})
    return 0 if sent == len(plan) else 1


def cells(stack: Stack, row: Mapping[str, Any]) -> tuple[object, ...]:
    """Return a candidate's line of the table."""
    upload = row["upload"]
    shown = (upload["key"], upload["version_id"], upload["size"], row["why"])
    return stack.row(row["processor"], *shown)


def send(
    stack: Stack,
    s3: "S3Client",
    sqs: "SQSClient",
    plan: Spool,
    *,
    command: str,
    progress: Callable[[str], None],
) -> int:
    """Send an event for each file; return how many SQS took."""
    sent = 0

    def flush(processor: str) -> int:
        bodies, pending[processor] = pending[processor], []
        response = sqs.send_message_batch(
            QueueUrl=queues[processor],
            Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)],
        )
        return len(response.get("Successful", []))

    queues = {lane.processor: lane.ingest_queue for lane in stack.chosen}
    pending: dict[str, list[str]] = {processor: [] for processor in queues}
    for row in plan:
        body = message_about(
            Upload(**row["upload"]),
            bucket=stack.bucket,
            region=sqs.meta.region_name,
            partition=s3.meta.partition,
            sequencer=row["sequencer"],
            command=command,
        )
        pending[row["processor"]].append(body)
        if len(pending[row["processor"]]) == BATCH:
            sent += flush(row["processor"])
            progress(f"{sent:,} of {len(plan):,}")
    return sent + sum(flush(processor) for processor, bodies in pending.items() if bodies)
