"""What Lambda itself does with a function's execution role.

Lambda Developer Guide, "Working with Lambda function logs" (CreateLogStream, PutLogEvents) and
"Using Lambda with Amazon SQS", execution role permissions (ReceiveMessage, DeleteMessage,
GetQueueAttributes). ministack does all of it without asking.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, sqs

from local.enforcement import trace
from local.enforcement.encryption import log_may_be_encrypted
from local.replacements import around

READ = ("sqs:GetQueueAttributes", "sqs:ReceiveMessage")
DELETE = ("sqs:DeleteMessage",)
LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


@around("services.lambda_svc", "_emit_lambda_logs")
def log(emit: Callable[..., None], function: Mapping[str, Any], *rest: Any, **options: Any) -> None:
    """Write the log of an invocation; without permission there is none."""
    config = function.get("config") or function
    name = config["FunctionName"]
    group = config.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
    arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:{name}"
    if may(config, LOG, arn) and log_may_be_encrypted(group):
        emit(function, *rest, **options)


@around("services.sqs", "_receive_messages_for_esm")
def receive(original: Callable[[str, int], list[Any]], queue_url: str, maximum: int) -> list[Any]:
    """Receive messages for a function; without permission they wait in the queue."""
    # AWS polls all the time; only what finds something is worth a line of the log.
    if not sqs._get_q(queue_url)["messages"] or consumer_may(queue_url, READ):
        return original(queue_url, maximum)
    return []


@around("services.sqs", "_delete_messages_for_esm")
def delete(original: Callable[[str, set[str]], None], queue_url: str, handles: set[str]) -> None:
    """Delete messages that a function has processed; without permission they come back."""
    if consumer_may(queue_url, DELETE):
        original(queue_url, handles)


def consumer_may(queue_url: str, actions: tuple[str, ...]) -> bool:
    """Tell whether the role of the function that the queue drives may do all of this."""
    queue = sqs._get_q(queue_url)["attributes"]["QueueArn"]
    for mapping in lambda_svc._esms.values():
        if mapping["EventSourceArn"] == queue:
            return may(lambda_svc._functions[mapping["FunctionName"]]["config"], actions, queue)
    return False


def may(config: Mapping[str, Any], actions: tuple[str, ...], arn: str) -> bool:
    """Tell whether the role of a function may do all of this; each is decided and recorded."""
    role = trace.role_session(config["Role"], config["FunctionName"])
    decided = [trace.allows(role, action, arn, via="lambda") for action in actions]
    return all(decided)
