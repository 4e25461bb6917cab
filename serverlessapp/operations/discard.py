"""``discard``: take messages out of the dead-letter queue for good. The files stay."""

from collections.abc import Collection

from serverlessapp.clients import S3Client, SQSClient
from serverlessapp.operations.dead_letters import Progress, Selection, Words, carry_out, for_each
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.report import Report

WORDS = Words(
    nothing="nothing to discard",
    question="Permanently delete {} from the dead-letter queue?",
    doing="deleting {}",
    done="{} discarded",
    field="discarded",
    warning="This deletes messages, no file. reconcile enqueues a file again if its current "
    "version has no ledger entry.",
)


def run(report: Report, stack: Stack, s3: S3Client, sqs: SQSClient, selection: Selection) -> int:
    """Plan, ask, and delete."""

    def discard(lane: StackLane, planned: Collection[str], progress: Progress) -> tuple[int, str]:
        def delete(message: Message) -> None:
            queue, handle = lane.dead_letter_queue, message.receipt_handle
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)

        return for_each(sqs, lane, planned, delete, progress)

    return carry_out(report, stack, s3, sqs, discard, WORDS, selection)
