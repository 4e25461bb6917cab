"""A queue fits the function that it drives.

AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping": Lambda
compares the time-outs when the mapping is made or changed, not when a time-out changes. API
Reference, "CreateEventSourceMapping", ``BatchSize``: above 10 there has to be a window.
CloudFormation Template Reference, "AWS::Lambda::EventSourceMapping", ``ScalingConfig``: not
together with pollers, unless it is empty. Streams and brokers, of which ``EventSourceArn`` may be
left out, have other rules.
"""

import re
from collections.abc import Iterator
from typing import Any

from ministack.services import lambda_svc, sqs

from local.validation.resources import Properties, refuses

LARGEST_WITHOUT_WINDOW = 10
# Its name or ARN, also without what is before the account, and with a version or an alias (AWS
# Lambda API Reference, "CreateEventSourceMapping", ``FunctionName``).
FUNCTION_NAME = re.compile(r"(?:.*?:function:)?(?P<name>[^:]+)(?::[^:]+)?")


@refuses("AWS::Lambda::EventSourceMapping")
def mapping(_: str, properties: Properties) -> Iterator[str]:
    """Refuse a queue that is not there or hides messages too briefly, and an endless wait."""
    arn, target = properties.get("EventSourceArn", ""), function(properties)
    if target is None:
        yield f"Function not found: {properties['FunctionName']}"
    if not is_queue(arn):
        return
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        yield f"Error occurred while ReceiveMessage. The queue {arn} does not exist."
    elif target:
        hidden = int(queue["attributes"]["VisibilityTimeout"])
        timeout = int(target["config"]["Timeout"])
        if hidden < timeout:
            yield (
                f"Queue visibility timeout: {hidden} seconds is less than "
                f"Function timeout: {timeout} seconds"
            )
    if int(properties.get("BatchSize", 0)) > LARGEST_WITHOUT_WINDOW and not int(
        properties.get("MaximumBatchingWindowInSeconds", 0)
    ):
        yield (
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
            f"greater than {LARGEST_WITHOUT_WINDOW}"
        )
    if properties.get("ProvisionedPollerConfig") and properties.get("ScalingConfig"):
        yield "ProvisionedPollerConfig and ScalingConfig are mutually exclusive"


def function(properties: Properties) -> Any:
    """Return the function of a mapping, as ministack keeps it; None if there is none."""
    named = FUNCTION_NAME.fullmatch(properties["FunctionName"])
    return lambda_svc._functions.get(named["name"]) if named else None


def is_queue(arn: str) -> bool:
    return arn.split(":")[2:3] == ["sqs"]
