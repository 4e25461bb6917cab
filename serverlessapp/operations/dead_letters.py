"""Choosing from the dead-letter queue, and doing something with each message of the choice."""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from serverlessapp.operations import messages
from serverlessapp.operations.events import uploads_in
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack
from serverlessapp.report import count

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

Progress = Callable[[str], None]

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


def chosen(
    parked: Iterable[Message], keys: Collection[str], message_ids: Collection[str] = ()
) -> list[Message]:
    """Return the messages about one of these keys or with one of these IDs; all, given neither."""
    return [
        message
        for message in parked
        if not (keys or message_ids)
        or message.message_id in message_ids
        or any(upload.key in keys for upload in uploads_in(message.body))
    ]


def about(keys: Collection[str], message_ids: Collection[str] = ()) -> str:
    """Return the end of a sentence about messages."""
    names = [*sorted(keys), *sorted(message_ids)]
    return f" is about {' or '.join(names)}" if names else ""


def for_each(
    sqs: "SQSClient",
    stack: Stack,
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
    with messages.held(sqs, stack.dead_letter_queue, lambda _: None) as parked:
        wanted = [message for message in parked if message.message_id in message_ids]
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
