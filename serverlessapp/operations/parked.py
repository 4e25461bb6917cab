"""``parked``: what is in the dead-letter queue, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from serverlessapp.clients import CloudWatchLogsClient, S3Client, SQSClient
from serverlessapp.exit_codes import ExitCode
from serverlessapp.operations import failures, messages, version_states
from serverlessapp.operations.events import Upload, uploads_in
from serverlessapp.operations.failures import Failures
from serverlessapp.operations.messages import Depth, Message
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.report import Report, count

GAVE_UP = "failed at every attempt"
SHOWN_BODY = 60  # characters of a body that nobody can read
HEADINGS = ("key", "version", "state", "bytes", "uploaded", "expires in", "reason")


@dataclass(frozen=True, kw_only=True)
class ParkedFile:
    """A file of a parked message; ``upload`` is None when nobody can read what it is about."""

    processor: str
    message_id: str
    expires: str  # ISO 8601, in UTC
    reason: str
    upload: Upload | None
    body: str
    state: str = ""  # of the version, a VersionState; empty where there is no upload

    def cells(self) -> tuple[object, ...]:
        """Return the row of the table."""
        if file := self.upload:
            start: tuple[object, ...]
            start = (file.key, file.version_id, self.state, file.size, file.uploaded)
        else:
            what = f"(unreadable message {self.message_id}) {self.body[:SHOWN_BODY]}"
            start = (what, "", "", "", "")
        return (*start, left(self.expires), self.reason)


def left(moment: str) -> str:
    """Return how long it is until a moment: ``13 d 20 h``."""
    hours = max((datetime.fromisoformat(moment) - datetime.now(UTC)) // timedelta(hours=1), 0)
    return f"{hours // 24} d {hours % 24} h"


def files(
    by_lane: Mapping[StackLane, Sequence[Message]],
    errors: Mapping[StackLane, Failures] | None = None,
) -> Iterator[ParkedFile]:
    """Yield every file of every message, with the reason as far as it is known.

    ``errors`` is what the logs say; None when they were not asked.
    """
    for lane, message in ((lane, m) for lane, waiting in by_lane.items() for m in waiting):
        uploads: Sequence[Upload | None] = uploads_in(message.body) or [None]
        for upload in uploads:
            reason = message.reason
            if not reason and errors is None:
                reason = f"{GAVE_UP}; --logs shows why"
            elif not reason and errors is not None:
                error = errors[lane].of(message.message_id, upload.key if upload else "")
                reason = f"{GAVE_UP}; {error or 'no log line about it'}"
            yield ParkedFile(
                processor=lane.processor,
                message_id=message.message_id,
                expires=message.expires.isoformat(timespec="seconds"),
                reason=reason,
                upload=upload,
                body=message.body,
            )


def listing(report: Report, stack: Stack, sqs: SQSClient) -> dict[StackLane, list[Message]]:
    """Return what is in each dead-letter queue, oldest first, and leave it there."""
    by_lane, hidden = {}, 0
    for lane in stack.chosen:
        hidden += Depth.of(sqs, lane.dead_letter_queue).hidden
        with (
            report.progress(f"reading the dead-letter queue of {lane.processor}") as progress,
            messages.held(sqs, lane.dead_letter_queue, progress) as waiting,
        ):
            by_lane[lane] = sorted(waiting, key=lambda message: message.sent)
    if hidden:
        report.note(
            f"about {count(hidden, 'message')} in flight: another command or consumer is reading "
            "the queue; what it does not delete reappears when the visibility timeout ends"
        )
    return {lane: waiting for lane, waiting in by_lane.items() if waiting}


def with_states(
    report: Report, stack: Stack, s3: S3Client, rows: Sequence[ParkedFile]
) -> list[ParkedFile]:
    """Return the rows with what the bucket has now."""
    uploads = [row.upload for row in rows if row.upload]
    states = version_states.read(report, s3, stack.bucket, uploads)
    return [replace(row, state=states[row.upload]) if row.upload else row for row in rows]


def show(report: Report, stack: Stack, rows: Sequence[ParkedFile]) -> None:
    """Print the table."""
    lines = [stack.row(row.processor, *row.cells()) for row in rows]
    report.table(list(map(str, stack.row("processor", *HEADINGS))), lines)


def run(
    report: Report,
    stack: Stack,
    s3: S3Client,
    sqs: SQSClient,
    logs: CloudWatchLogsClient | None,
) -> int:
    """List the dead-letter queues; ``logs`` when the logs are to be asked for reasons."""
    hidden = sum(Depth.of(sqs, lane.dead_letter_queue).hidden for lane in stack.chosen)
    by_lane = listing(report, stack, sqs)
    errors = None
    if logs:
        with report.progress("reading logs") as progress:
            errors = {
                lane: failures.read(logs, lane.log_group, waiting[0].sent, progress)
                for lane, waiting in by_lane.items()
            }
    rows = with_states(report, stack, s3, list(files(by_lane, errors)))
    if rows:
        show(report, stack, rows)
    report.say(f"{count(sum(map(len, by_lane.values())), 'message')} parked")
    document = {"parked": [asdict(row) for row in rows], "hidden": hidden}
    report.document({"stack": stack.name, **document})
    return ExitCode.PARKED if rows or hidden else ExitCode.FINE
