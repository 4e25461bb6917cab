"""``reconcile``: find files in the bucket that were never processed, and enqueue them.

For lost notifications, and for files that were there before the stack.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from serverlessapp.errors import OperatorError
from serverlessapp.operations import ledger, missing, parked, uploads
from serverlessapp.operations.events import message_about, uploads_in
from serverlessapp.operations.messages import BATCH, Depth
from serverlessapp.operations.missing import Missing
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

EVER = datetime.min.replace(tzinfo=UTC)
PARKED = "parked; see redrive"


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

    Raises:
        OperatorError: The stack does not process files there.
    """
    if prefix is not None and not prefix.startswith(stack.prefix):
        raise OperatorError(f"stack {stack.name} processes {stack.prefix}, not {prefix}")
    with report.progress("comparing the bucket with the ledger") as progress:
        files = uploads.current(s3, stack.bucket, prefix or stack.prefix, since or EVER)
        unprocessed = list(
            missing.find(files, lambda keys: ledger.entries(dynamodb, stack.ledger, keys), progress)
        )
    known: set[tuple[str, str]] = set()
    if unprocessed:
        for message in parked.listing(report, stack, sqs):
            known |= {(upload.key, upload.version_id) for upload in uploads_in(message.body)}
    plan: list[Missing] = []
    here: list[Missing] = []
    for file in unprocessed:
        (here if (file.upload.key, file.upload.version_id) in known else plan).append(file)
    depth = Depth.of(sqs, stack.ingest_queue)
    waiting = depth.visible + depth.hidden
    document = {
        "stack": stack.name,
        "planned": [asdict(file) for file in plan],
        "parked": [asdict(file.upload) for file in here],
        "waiting": waiting,
    }
    rows = [(f.upload.key, f.upload.version_id, f.upload.size, f.why) for f in plan]
    rows += [(f.upload.key, f.upload.version_id, f.upload.size, PARKED) for f in here]
    if rows:
        report.table(("key", "version", "bytes", "why"), rows)
    if waiting:
        report.note(
            f"about {count(waiting, 'message')} wait in the ingest queue: some of these files may "
            "only be waiting; processing one twice changes nothing"
        )
    if not plan:
        report.say("nothing to enqueue")
        report.document({**document, "sent": 0})
        return 0
    if refused := report.refusal(f"Enqueue {count(len(plan), 'file')}?"):
        report.document({**document, "sent": 0})
        return refused
    with report.progress("enqueuing") as progress:
        sent = enqueue(sqs, stack, plan, partition=s3.meta.partition, progress=progress)
    report.say(f"{count(sent, 'file')} enqueued")
    report.document({**document, "sent": sent})
    return 0 if sent == len(plan) else 1


def enqueue(
    sqs: "SQSClient",
    stack: Stack,
    plan: Sequence[Missing],
    *,
    partition: str,
    progress: Callable[[str], None],
) -> int:
    """Send an event for each file; return how many SQS took."""
    sent = 0
    for start in range(0, len(plan), BATCH):
        response = sqs.send_message_batch(
            QueueUrl=stack.ingest_queue,
            Entries=[
                {
                    "Id": str(number),
                    "MessageBody": message_about(
                        file.upload,
                        bucket=stack.bucket,
                        region=sqs.meta.region_name,
                        partition=partition,
                        sequencer=file.sequencer,
                    ),
                }
                for number, file in enumerate(plan[start : start + BATCH])
            ],
        )
        sent += len(response.get("Successful", []))
        progress(f"{sent:,} of {len(plan):,}")
    return sent
