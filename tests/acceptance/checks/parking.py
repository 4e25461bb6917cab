"""What cannot be processed is in the dead-letter queue, with the reason, and nowhere else."""

from serverlessapp.operations import ledger, messages
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Message
from tests.acceptance.checks import samples
from tests.acceptance.checks.expectations import expect, wait
from tests.acceptance.checks.subject import Subject

HIDE_SECONDS = 5
# One from each processor that .taskcat.yml deploys.
REASONS = ("declared SHA-256 is", "not text in UTF-8")


def check(subject: Subject) -> None:
    """Wait for the poison file in the dead-letter queue, read why, and take it out.

    Raises:
        Broken: It is not there, or for another reason, or in the ledger.
    """
    sqs, queue = subject.client("sqs"), subject.stack.dead_letter_queue
    poison = subject.stack.prefix + samples.POISON

    def look() -> Message | None:
        for message in messages.receive(sqs, queue, HIDE_SECONDS):
            if any(upload.key == poison for upload in uploads_in(message.body)):
                return message
        return None

    message = wait(f"{poison} in the dead-letter queue", look, subject.seconds)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message.receipt_handle)
    reason = message.reason or "no reason"
    expect(any(known in reason for known in REASONS), f"{poison} was parked with {reason}")
    entries = ledger.entries(subject.client("dynamodb"), subject.stack.ledger, [poison])
    expect(not entries, f"{poison} is in the ledger though it was refused")
