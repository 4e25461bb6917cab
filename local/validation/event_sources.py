"""A queue fits the function that it drives.

AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping": Lambda
compares the time-outs when the mapping is made or changed, not when a time-out changes. API
Reference, "CreateEventSourceMapping", ``BatchSize``: above 10 there has to be a window.
"""

from collections.abc import Iterator

from local.validation.resources import Properties, refuses

LARGEST_WITHOUT_WINDOW = 10


@refuses("AWS::Lambda::EventSourceMapping")
def mapping(_: str, properties: Properties) -> Iterator[str]:
    """Refuse a queue that is not there or hides messages too briefly, and an endless wait."""
    from ministack.services import lambda_svc, sqs

    arn, name = properties["EventSourceArn"], properties["FunctionName"].rpartition(":")[2]
    queue, function = sqs._queue_by_arn(arn), lambda_svc._functions.get(name)
    if function is None:
        yield f"Function not found: {properties['FunctionName']}"
    elif queue is None:
        yield f"Error occurred while ReceiveMessage. The queue {arn} does not exist."
    else:
        hidden = int(queue["attributes"]["VisibilityTimeout"])
        timeout = int(function["config"]["Timeout"])
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
