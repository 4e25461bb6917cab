"""EventBridge sends to a queue only if the queue's policy takes it, else to the dead-letter queue.

Amazon EventBridge User Guide, "Using resource-based policies", of Amazon SQS, and "Using
dead-letter queues to process undelivered events": what lacks a permission, or a queue, is not tried
again; without a dead-letter queue, the event is lost. Its message's attributes, which say why, are
left out here. As everywhere in ministack, policies count only with ``AUTH=true``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import sqs

from local.replacements import around

SERVICE = "events.amazonaws.com"


@around("services.eventbridge", "_invoke_target")
def invoke(
    original: Callable[..., None],
    target: Mapping[str, Any],
    event: Any,
    rule: Mapping[str, Any],
    *rest: Any,
) -> None:
    dead_letter = target.get("DeadLetterConfig", {}).get("Arn", "")
    if takes(target["Arn"], rule["Arn"]):
        original(target, event, rule, *rest)
    elif dead_letter and takes(dead_letter, rule["Arn"]):
        original({**target, "Arn": dead_letter}, event, rule, *rest)


def takes(arn: str, rule: str) -> bool:
    """Tell whether a target takes what a rule sends; of queues alone it is known."""
    if arn.split(":")[2] != "sqs":
        return True
    account = rule.split(":")[4]
    exists = sqs._queue_by_arn(arn) is not None
    return exists and sqs.queue_policy_allows(arn, SERVICE, rule, account)
