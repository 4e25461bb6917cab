"""A queue's name is short, plain, and not that of another queue.

Amazon SQS API Reference, "CreateQueue", ``QueueName``. That a queue of the name exists is
``AlreadyExists`` to CloudFormation's handler, whatever its attributes (CloudFormation CLI User
Guide, "Resource type handler error codes"). ministack puts a new queue in its place.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import sqs

from local.replacements import HANDLERS, around
from local.validation.resources import Properties, refuses

NAME = re.compile(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo")


@refuses("AWS::SQS::Queue")
def name(_: str, properties: Properties) -> Iterator[str]:
    if not NAME.fullmatch(properties.get("QueueName", "generated")):
        yield (
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        )


@around(*HANDLERS, "AWS::SQS::Queue", "create")
def create(original: Callable[..., Any], title: str, properties: Properties, stack: str) -> Any:
    """Make a queue, under a name that is free."""
    if properties.get("QueueName") in sqs._queue_name_to_url:
        raise ValueError(
            f"Resource of type 'AWS::SQS::Queue' with identifier '{properties['QueueName']}' "
            "already exists. (HandlerErrorCode: AlreadyExists)"
        )
    return original(title, properties, stack)
