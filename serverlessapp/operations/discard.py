"""``discard``: take messages out of the dead-letter queue for good. The files stay."""

from collections.abc import Collection
from dataclasses import asdict
from typing import TYPE_CHECKING

from serverlessapp.operations import parked
from serverlessapp.operations.dead_letters import about, chosen, for_each
from serverlessapp.operations.messages import Message
from serverlessapp.operations.stack import Stack
from serverlessapp.report import Report, count

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

STAY = (
    "The files stay in the bucket, without a receipt. What shall never be processed has to be "
    "deleted there, too, or reconcile enqueues it again."
)


def run(
    report: Report,
    stack: Stack,
    sqs: "SQSClient",
    keys: Collection[str],
    message_ids: Collection[str],
) -> int:
    """Plan, ask, and delete; everything when neither keys nor IDs are given."""
    plan = chosen(parked.listing(report, stack, sqs), keys, message_ids)
    rows = list(parked.files(plan))
    document = {"stack": stack.name, "planned": [asdict(row) for row in rows]}
    if not plan:
        report.say("nothing to discard: no parked message" + about(keys, message_ids))
        report.document({**document, "discarded": 0, "problem": ""})
        return 0
    report.table(parked.HEADINGS, [row.cells() for row in rows])
    what = count(len(plan), "message")
    report.note(STAY)
    if refused := report.refusal(f"Delete {what} from the dead-letter queue, for good?"):
        report.document({**document, "discarded": 0, "problem": "nothing was done"})
        return refused

    def delete(message: Message) -> None:
        sqs.delete_message(QueueUrl=stack.dead_letter_queue, ReceiptHandle=message.receipt_handle)

    with report.progress(f"deleting {what}") as progress:
        planned = {message.message_id for message in plan}
        discarded, problem = for_each(sqs, stack, planned, delete, progress)
    report.say(f"{count(discarded, 'message')} discarded")
    if problem:
        report.note(problem)
    report.document({**document, "discarded": discarded, "problem": problem})
    return 1 if problem else 0
