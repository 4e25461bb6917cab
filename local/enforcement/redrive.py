"""A queue takes the failed messages only of queues that it names.

Amazon SQS API Reference, "SetQueueAttributes", ``RedriveAllowPolicy``. AWS refuses to make such a
queue somebody's dead-letter queue; ministack keeps the attribute and does not look at it. Here,
messages do not move.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import sqs

from local.replacements import around


@around("services.sqs", "_dlq_sweep")
def sweep(original: Callable[..., None], queue: Mapping[str, Any]) -> None:
    """Move what was received too often, if the dead-letter queue takes it."""
    attributes = queue["attributes"]
    target = json.loads(attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
    dead_letter = sqs._queue_by_arn(target) if target else None
    if dead_letter is None or takes(dead_letter["attributes"], attributes["QueueArn"]):
        original(queue)


def takes(attributes: Mapping[str, str], source: str) -> bool:
    """Tell whether a queue with these attributes is a dead-letter queue for the source's ARN."""
    policy = json.loads(attributes.get("RedriveAllowPolicy") or "{}")
    permission = policy.get("redrivePermission", "allowAll")
    return permission == "allowAll" or (
        permission == "byQueue" and source in policy.get("sourceQueueArns", [])
    )
