"""``parked``: what is in the dead-letter queue, and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from serverlessapp.operations import failures, messages
from serverlessapp.operations.events import Upload, uploads_in
from serverlessapp.operations.failures import Failures
from serverlessapp.operations.messages import Depth, Message
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_sqs import SQSClient

GAVE_UP = "failed 3 times"
SHOWN_BODY = 60  # characters of a body that is not an S3 event
HEADINGS = ("key", "version", "bytes", "uploaded", "received", "expires in", "reason")


@dataclass(frozen=True, kw_only=True)
class ParkedFile:
    """A file of a parked message; ``upload`` is None when the message is not an S3 event."""

    message_id: str
    receives: int
    expires: str  # ISO 8601, in UTC
    reason: str
    upload: Upload | None
    body: str

    def cells(self) -> tuple[object, ...]:
        """Return the row of the table."""
        if file := self.upload:
            start: tuple[object, ...] = (file.key, file.version_id, file.size, file.uploaded)
        else:
            start = (f"(not an S3 event) {self.body[:SHOWN_BODY]}", "", "", "")
        return (*start, self.receives, left(self.expires), self.reason)


def left(moment: str) -> str:
    """Return how long it is until a moment: ``13 d 20 h``."""
    hours = max((datetime.fromisoformat(moment) - datetime.now(UTC)) // timedelta(hours=1), 0)
    return f"{hours // 24} d {hours % 24} h"


def files(parked: Iterable[Message], errors: Failures | None = None) -> Iterator[ParkedFile]:
    """Yield every file of every message, with the reason as far as it is known.

    ``errors`` is what the log says; None when it was not asked.
    """
    for message in parked:
        uploads: Sequence[Upload | None] = uploads_in(message.body) or [None]
        for upload in uploads:
            reason = message.reason
            if not reason and errors is None:
                reason = f"{GAVE_UP}; the log says why (--logs)"
            elif not reason and errors is not None:
                error = errors.of(message.message_id, upload.key if upload else "")
                reason = f"{GAVE_UP}; {error or 'the log has no line about it'}"
            yield ParkedFile(
                message_id=message.message_id,
                receives=message.receives,
                expires=message.expires.isoformat(timespec="seconds"),
                reason=reason,
                upload=upload,
                body=message.body,
            )


def listing(report: Report, stack: Stack, sqs: "SQSClient") -> list[Message]:
    """Return the messages in the dead-letter queue and leave them there, oldest first."""
    hidden = Depth.of(sqs, stack.dead_letter_queue).hidden
    with (
        report.progress("reading the dead-letter queue") as progress,
        messages.held(sqs, stack.dead_letter_queue, progress) as parked,
    ):
        pass
    if hidden:
        report.note(
            f"about {count(hidden, 'message')} more cannot be seen now: somebody else reads the "
            "queue, or an earlier command was killed; they come back by themselves"
        )
    return sorted(parked, key=lambda message: message.sent)


def run(report: Report, stack: Stack, sqs: "SQSClient", logs: "CloudWatchLogsClient | None") -> int:
    """List the dead-letter queue; ``logs`` when the log is to be asked for reasons."""
    parked = listing(report, stack, sqs)
    errors = None
    if logs and parked:
        with report.progress("reading the log") as progress:
            errors = failures.read(logs, stack.log_group, parked[0].sent, progress)
    rows = list(files(parked, errors))
    if rows:
        report.table(HEADINGS, [row.cells() for row in rows])
    report.say(f"{count(len(parked), 'message')} parked")
    report.document({"stack": stack.name, "parked": [asdict(row) for row in rows]})
    return 0
