"""Choosing from the dead-letter queues, and doing something with each message of the selection."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass

from botocore.exceptions import ClientError

from serverlessapp.advice import LATER, hint
from serverlessapp.clients import S3Client, SQSClient
from serverlessapp.operations import messages, parked
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.report import Report, count

Progress = Callable[[str], None]
# With how many of a lane's messages it worked, and what stopped the others.
Act = Callable[[StackLane, Collection[str], Progress], tuple[int, str]]


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a command says what it does; ``{}`` stands for how many messages."""

    nothing: str
    question: str
    doing: str
    done: str
    field: str  # of the document, for how many it were
    warning: str = ""  # what to know before agreeing


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which messages a command is about: all of them, unless something is given."""

    keys: Collection[str] = ()  # those about a file with one of these keys
    message_ids: Collection[str] = ()  # and these
    files: bool = False  # all that are about a file; what nobody can read stays

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left."""
        return not (self.keys or self.message_ids or self.files)

    def takes(self, message: Message) -> bool:
        """Tell whether the command is about a message."""
        if self.is_everything or message.message_id in self.message_ids:
            return True
        return any(self.files or upload.key in self.keys for upload in uploads_in(message.body))


def carry_out(
    report: Report,
    stack: Stack,
    s3: S3Client,
    sqs: SQSClient,
    act: Act,
    words: Words,
    selection: Selection,
) -> int:
    """Plan, ask, and act, lane by lane."""
    listed = parked.listing(report, stack, sqs)
    plan = {lane: list(filter(selection.takes, waiting)) for lane, waiting in listed.items()}
    plan = {lane: waiting for lane, waiting in plan.items() if waiting}
    rows = parked.with_states(report, stack, s3, list(parked.files(plan)))
    document = {"stack": stack.name, "planned": [asdict(row) for row in rows]}
    if not plan:
        names = " or ".join([*sorted(selection.keys), *sorted(selection.message_ids)])
        which = f" is about {names}" if names else ""
        report.say(f"{words.nothing}: no parked message{which}")
        report.document({**document, words.field: 0, "problem": ""})
        return 0
    parked.show(report, stack, rows)
    what = count(sum(map(len, plan.values())), "message")
    if unreadable := sum(not row.upload for row in rows):
        report.note(
            f"{count(unreadable, 'message')} cannot be read; use --files to leave them in the queue"
        )
    if words.warning:
        report.note(words.warning)
    if refused := report.refusal(words.question.format(what)):
        report.document({**document, words.field: 0, "problem": "nothing was changed"})
        return refused
    total, problems = 0, []
    reached: dict[str, str] = {}  # how far each processor's messages are
    try:
        with report.progress(words.doing.format(what)) as progress:
            for lane, planned in plan.items():

                def tell(line: str, processor: str = lane.processor) -> None:
                    reached[processor] = line
                    progress(line)

                done, problem = act(lane, {message.message_id for message in planned}, tell)
                total += done
                problems += [problem] if problem else []
    except BaseException:  # AWS or somebody ends it; what is done stays done
        for processor, line in reached.items():
            report.note(f"stopped at {line} ({processor}); run the command again for the rest")
        raise
    report.say(words.done.format(count(total, "message")))
    if problem := "; ".join(problems):
        report.note(problem)
    report.document({**document, words.field: total, "problem": problem})
    return 1 if problem else 0


def for_each(
    sqs: SQSClient,
    lane: StackLane,
    message_ids: Collection[str],
    act: Callable[[Message], object],
    progress: Progress,
) -> tuple[int, str]:
    """Do something with messages, and return with how many it worked and what stopped the others.

    Raises:
        ClientError: AWS would refuse the others, too: permission or credentials are missing.
    """
    done, errors = 0, []
    with messages.held(sqs, lane.dead_letter_queue, lambda _: None) as waiting:
        wanted = [message for message in waiting if message.message_id in message_ids]
        for message in wanted:
            try:
                act(message)
            except ClientError as error:
                if hint(error) not in ("", LATER):
                    raise
                errors.append(str(error))
                continue
            done += 1
            progress(f"{done} of {len(message_ids)}")
    if gone := len(message_ids) - len(wanted):
        errors.append(f"{count(gone, 'message')} of the plan not in the queue any more")
    return done, "; ".join(sorted(set(errors)))
