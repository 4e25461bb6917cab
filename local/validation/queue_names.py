"""A queue with a name of its own is not made twice.

CloudFormation asks the handler of a new resource to fail if it exists (CloudFormation CLI User
Guide, "Resource type handler contract"). ministack gives the second stack an empty queue of the
first one's name.
"""

from collections.abc import Callable
from typing import Any

from local.replacements import HANDLERS, around
from local.validation.resources import Properties


@around(*HANDLERS, "AWS::SQS::Queue", "create")
def create(make: Callable[..., Any], title: str, properties: Properties, stack: str) -> Any:
    """Make a queue.

    Raises:
        ValueError: There is one of this name; CloudFormation makes that the reason of the failure.
    """
    from ministack.services import sqs

    if (name := properties.get("QueueName")) in sqs._queue_name_to_url:
        raise ValueError(
            f"Resource of type 'AWS::SQS::Queue' with identifier '{name}' already exists."
        )
    return make(title, properties, stack)
