"""``redrive``: send parked messages back to the ingest queue, once their cause is repaired."""

import time
from collections.abc import Collection

from botocore.exceptions import ClientError

from serverlessapp.clients import ListMessageMoveTasksResultEntryTypeDef, S3Client, SQSClient
from serverlessapp.operations.dead_letters import Progress, Selection, Words, carry_out, for_each
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.report import Report

POLL_SECONDS = 1.0
UNSUPPORTED = ("UnsupportedOperation", "InvalidAction", "UnknownOperationException")
WORDS = Words(
    nothing="nothing to redrive",
    question="Move {} back to the ingest queue?",
    doing="moving {} back",
    done="{} moved back",
    field="moved",
)


def run(report: Report, stack: Stack, s3: S3Client, sqs: SQSClient, selection: Selection) -> int:
    """Plan, ask, and move; SQS itself can only move everything."""

    def send_back(lane: StackLane, planned: Collection[str], progress: Progress) -> tuple[int, str]:
        natively = move_natively(sqs, lane, progress) if selection.is_everything else None
        return natively or move(sqs, lane, planned, progress)

    return carry_out(report, stack, s3, sqs, send_back, WORDS, selection)


def move_natively(sqs: SQSClient, lane: StackLane, progress: Progress) -> tuple[int, str] | None:
    """Let SQS move everything, and follow it. None where SQS does not offer that.

    Like ``move``, it returns how many went back, and what stopped the others.

    A move that runs already, started by anyone, is followed instead: there can be only one.
    The destination is always named: what the function parked has no source queue on record.
    """
    queues = (lane.dead_letter_queue, lane.ingest_queue)
    asked = (sqs.get_queue_attributes(QueueUrl=q, AttributeNames=["QueueArn"]) for q in queues)
    source, destination = (answer["Attributes"]["QueueArn"] for answer in asked)
    try:
        before = newest_task(sqs, source)
        runs = before.get("Status") == "RUNNING"
        if not runs:
            sqs.start_message_move_task(SourceArn=source, DestinationArn=destination)
    except ClientError as error:
        if error.response["Error"]["Code"].rpartition(".")[2] in UNSUPPORTED:
            return None
        raise
    while True:
        task = newest_task(sqs, source)
        moved, status = task.get("ApproximateNumberOfMessagesMoved", 0), task.get("Status", "")
        is_ours = runs or task.get("StartedTimestamp") != before.get("StartedTimestamp")
        if is_ours and status not in ("RUNNING", "CANCELLING"):
            break
        wanted = task.get("ApproximateNumberOfMessagesToMove", 0)
        progress(f"{moved} of about {wanted}, by SQS, which goes on without this command")
        time.sleep(POLL_SECONDS)
    problem = f"SQS ended the redrive: {status} {task.get('FailureReason', '')}".strip()
    return moved, "" if status == "COMPLETED" else problem


def newest_task(sqs: SQSClient, source: str) -> ListMessageMoveTasksResultEntryTypeDef:
    """Return the move that was started last; empty when there was none."""
    tasks = sqs.list_message_move_tasks(SourceArn=source, MaxResults=1).get("Results", [])
    return tasks[0] if tasks else {}


def move(
    sqs: SQSClient, lane: StackLane, message_ids: Collection[str], progress: Progress
) -> tuple[int, str]:
    """Move messages one by one: first send, then delete.

    A crash between the two leaves a duplicate, which the ledger makes harmless. The other
    order could lose a file. The reason stays behind: it was about the failure before.
    """

    def send_back(message: Message) -> None:
        sqs.send_message(QueueUrl=lane.ingest_queue, MessageBody=message.body)
        sqs.delete_message(QueueUrl=lane.dead_letter_queue, ReceiptHandle=message.receipt_handle)

    return for_each(sqs, lane, message_ids, send_back, progress)
