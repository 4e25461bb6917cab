"""``redrive``: send parked messages back to the ingest queue, once their cause is repaired."""

import time
from collections.abc import Collection
from dataclasses import asdict
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from serverlessapp.operations import parked
from serverlessapp.operations.dead_letters import Progress, about, chosen, for_each
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import ListMessageMoveTasksResultEntryTypeDef as MoveTask

POLL_SECONDS = 1.0
UNSUPPORTED = ("UnsupportedOperation", "InvalidAction", "UnknownOperationException")


def run(report: Report, stack: Stack, sqs: "SQSClient", keys: Collection[str]) -> int:
    """Plan, ask, and move; everything when no keys are given."""
    plan = chosen(parked.listing(report, stack, sqs), keys)
    rows = list(parked.files(plan))
    document = {"stack": stack.name, "planned": [asdict(row) for row in rows]}
    if not plan:
        report.say("nothing to send back: no parked message" + about(keys))
        report.document({**document, "moved": 0, "problem": ""})
        return 0
    report.table(parked.HEADINGS, [row.cells() for row in rows])
    what = count(len(plan), "message")
    if refused := report.refusal(f"Send {what} back to the ingest queue?"):
        report.document({**document, "moved": 0, "problem": "nothing was done"})
        return refused
    with report.progress(f"sending {what} back") as progress:
        planned = {message.message_id for message in plan}
        natively = None if keys else move_natively(sqs, stack, progress)
        moved, problem = natively or move(sqs, stack, planned, progress)
    report.say(f"{count(moved, 'message')} sent back")
    if problem:
        report.note(problem)
    report.document({**document, "moved": moved, "problem": problem})
    return 1 if problem else 0


def move_natively(sqs: "SQSClient", stack: Stack, progress: Progress) -> tuple[int, str] | None:
    """Let SQS move everything, and follow it. None where SQS does not offer that.

    Like ``move``, it returns how many went back, and what stopped the others.

    A move that runs already, started by anyone, is followed instead: there can be only one.
    The destination is always named: what the function parked has no source queue on record.
    """
    source, destination = (
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        for url in (stack.dead_letter_queue, stack.ingest_queue)
    )
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
        progress(f"{moved} of about {task.get('ApproximateNumberOfMessagesToMove', 0)}")
        time.sleep(POLL_SECONDS)
    problem = f"SQS ended the move: {status} {task.get('FailureReason', '')}".strip()
    return moved, "" if status == "COMPLETED" else problem


def newest_task(sqs: "SQSClient", source: str) -> "MoveTask":
    """Return the move that was started last; empty when there was none."""
    tasks = sqs.list_message_move_tasks(SourceArn=source, MaxResults=1).get("Results", [])
    return tasks[0] if tasks else {}


def move(
    sqs: "SQSClient", stack: Stack, message_ids: Collection[str], progress: Progress
) -> tuple[int, str]:
    """Move messages one by one: first send, then delete.

    A crash between the two leaves a duplicate, which the ledger makes harmless. The other
    order could lose a file. The reason stays behind: it was about the failure before.
    """

    def send_back(message: Message) -> None:
        sqs.send_message(QueueUrl=stack.ingest_queue, MessageBody=message.body)
        sqs.delete_message(QueueUrl=stack.dead_letter_queue, ReceiptHandle=message.receipt_handle)

    return for_each(sqs, stack, message_ids, send_back, progress)
