"""Choosing from the dead-letter queues, and doing something with each message of the choice."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from serverlessapp.operations import messages, parked
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

Progress = Callable[[str], None]
# With how many of a lane's messages it worked, and what stopped the others.
Act = Callable[[StackLane, Collection[str], Progress], tuple[int, str]]

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a command says what it does; ``{}`` stands for how many messages.

    Attributes:
        field: Of the document, for how many it were.
        warning: What to know before agreeing.
    """

    nothing: str
    question: str
    doing: str
    done: str
    field: str
    warning: str = ""


def carry_out(
    report: Report,
    stack: Stack,
    sqs: "SQSClient",
    act: Act,
    words: Words,
    *,
    keys: Collection[str],
    message_ids: Collection[str] = (),
) -> int:
    """Plan, ask, and act, lane by lane; everything when neither keys nor IDs are given."""
    plan = chosen(parked.listing(report, stack, sqs), keys, message_ids)
    rows = list(parked.files(plan))
    document = {"stack": stack.name, "planned": [asdict(row) for row in rows]}
    if not plan:
        names = " or ".join([*sorted(keys), *sorted(message_ids)])
        which = f" is about {names}" if names else ""
        report.say(f"{words.nothing}: no parked message{which}")
        report.document({**document, words.field: 0, "problem": ""})
        return 0
    parked.show(report, stack, rows)
    what = count(sum(map(len, plan.values())), "message")
    if words.warning:
        report.note(words.warning)
    if refused := report.refusal(words.question.format(what)):
        report.document({**document, words.field: 0, "problem": "nothing was done"})
        return refused
    total, problems = 0, []
    with report.progress(words.doing.format(what)) as progress:
        for lane, planned in plan.items():
            done, problem = act(lane, {message.message_id for message in planned}, progress)
            total += done
            problems += [problem] if problem else []
    report.say(words.done.format(count(total, "message")))
    if problem := "; ".join(problems):
        report.note(problem)
    report.document({**document, words.field: total, "problem": problem})
    return 1 if problem else 0


def chosen(
    by_lane: Mapping[StackLane, Sequence[Message]],
    keys: Collection[str],
    message_ids: Collection[str] = (),
) -> dict[StackLane, list[Message]]:
    """Return the messages about one of these keys or with one of these IDs; all, given neither."""
    plan = {
        lane: [
            message
            for message in waiting
            if not (keys or message_ids)
            or message.message_id in message_ids
            or any(upload.key in keys for upload in uploads_in(message.body))
        ]
        for lane, waiting in by_lane.items()
    }
    return {lane: waiting for lane, waiting in plan.items() if waiting}


def for_each(
    sqs: "SQSClient",
    lane: StackLane,
    message_ids: Collection[str],
    act: Callable[[Message], object],
    progress: Progress,
) -> tuple[int, str]:
    """Do something with messages, one by one; go on after one that fails.

    Returns:
        With how many it worked, and what stopped the others.

    Raises:
        ClientError: AWS denies it; so it would for the others.
    """
    done, errors = 0, []
    with messages.held(sqs, lane.dead_letter_queue, lambda _: None) as waiting:
        wanted = [message for message in waiting if message.message_id in message_ids]
        for message in wanted:
            try:
                act(message)
            except ClientError as error:
                if error.response["Error"]["Code"] in DENIED:
                    raise
                errors.append(str(error))
                continue
            done += 1
            progress(f"{done} of {len(message_ids)}")
    if gone := len(message_ids) - len(wanted):
        errors.append(f"{count(gone, 'message')} of the plan could not be seen any more")
    return done, "; ".join(sorted(set(errors)))
