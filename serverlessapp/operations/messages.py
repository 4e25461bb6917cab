"""The messages of a queue, looked at without taking them away."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from serverlessapp.clients import MessageTypeDef, SQSClient

BATCH = 10  # messages per call, SQS's limit
EMPTY_RECEIVES = 2  # in a row: that was all
WAIT_SECONDS = 1  # for a message; more than none makes SQS ask all of its servers
HOLD_SECONDS = 30  # at least; a message we look at comes back after that, whatever happens
READ_PER_SECOND = 10  # messages, on a slow day: longer queues are held longer
MAX_HOLD_SECONDS = 43_200  # SQS's limit


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message in the dead-letter queue.

    How often it was received is not kept: whoever looks raises that count, across all queues, and
    it would read like attempts (Amazon SQS API Reference, "ReceiveMessage"). Nothing comes of it: a
    dead-letter queue has no redrive policy.
    """

    message_id: str
    body: str
    sent: datetime
    # When SQS deletes it. What SQS moved keeps the time of its upload, or of the last redrive
    # (Amazon SQS Developer Guide, "Setting-up dead-letter queue retention"); what the function sent
    # is new.
    expires: datetime
    reason: str  # why the function sent it here; empty when SQS moved it
    receipt_handle: str = field(repr=False)

    @classmethod
    def from_sqs(cls, message: MessageTypeDef, kept: timedelta) -> "Message":
        """Return the message in an answer of ReceiveMessage, by a queue that keeps it so long.

        A message that SQS moved names its source queue. It may carry the reason of an
        earlier failure as well, from before a redrive, and that is not why it is here.
        """
        attributes = message["Attributes"]
        notes = message.get("MessageAttributes") or {}
        reason = notes["Reason"].get("StringValue", "") if "Reason" in notes else ""
        moved_by_sqs = "DeadLetterQueueSourceArn" in attributes
        sent = datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)
        return cls(
            message_id=message["MessageId"],
            body=message["Body"],
            sent=sent,
            expires=sent + kept,
            reason="" if moved_by_sqs else reason.strip(),
            receipt_handle=message["ReceiptHandle"],
        )


@dataclass(frozen=True, kw_only=True)
class Depth:
    """About how many messages are in a queue, which SQS does not know better, and for how long."""

    visible: int
    hidden: int  # received by somebody, or delayed
    kept: timedelta

    @classmethod
    def of(cls, sqs: SQSClient, queue: str) -> "Depth":
        """Return the depth of a queue (Amazon SQS API Reference, "GetQueueAttributes")."""
        answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
        attributes = answer["Attributes"]
        return cls(
            visible=int(attributes["ApproximateNumberOfMessages"]),
            hidden=int(attributes["ApproximateNumberOfMessagesNotVisible"])
            + int(attributes["ApproximateNumberOfMessagesDelayed"]),
            kept=timedelta(seconds=int(attributes["MessageRetentionPeriod"])),
        )


@contextmanager
def held(sqs: SQSClient, queue: str, progress: Callable[[str], None]) -> Iterator[list[Message]]:
    """Yield every message that is visible, hidden from others until the end of the block."""
    seen: dict[str, Message] = {}
    depth = Depth.of(sqs, queue)
    length = depth.visible
    seconds = min(HOLD_SECONDS + length // READ_PER_SECOND, MAX_HOLD_SECONDS)
    try:
        empty = 0
        while empty < EMPTY_RECEIVES:
            received = receive(sqs, queue, seconds, depth.kept)
            # SQS delivers at least once: what was seen before does not keep us here.
            empty = 0 if any(m.message_id not in seen for m in received) else empty + 1
            seen |= {m.message_id: m for m in received}  # only the last handle is valid
            progress(f"{len(seen)} of about {max(length, len(seen))}")
        yield list(seen.values())
    finally:
        release(sqs, queue, seen.values())


def receive(sqs: SQSClient, queue: str, seconds: int, kept: timedelta) -> list[Message]:
    """Receive up to ten messages, which the queue keeps so long, and hide them for a while."""
    response = sqs.receive_message(
        QueueUrl=queue,
        MaxNumberOfMessages=BATCH,
        VisibilityTimeout=seconds,
        WaitTimeSeconds=WAIT_SECONDS,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["Reason"],
    )
    return [Message.from_sqs(message, kept) for message in response.get("Messages", [])]


def release(sqs: SQSClient, queue: str, messages: Iterable[Message]) -> None:
    """Make messages visible again; those deleted or released meanwhile do not matter."""
    handles = [message.receipt_handle for message in messages]
    for start in range(0, len(handles), BATCH):
        sqs.change_message_visibility_batch(
            QueueUrl=queue,
            Entries=[
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(handles[start : start + BATCH])
            ],
        )
