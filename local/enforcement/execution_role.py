"""What Lambda itself does with a function's execution role.

Lambda Developer Guide, "Working with Lambda function logs" (CreateLogStream, PutLogEvents) and
"Using Lambda with Amazon SQS", execution role permissions (ReceiveMessage, DeleteMessage,
GetQueueAttributes). ministack does all of it without asking.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region

from local.enforcement.encryption import log_may_be_encrypted
from local.enforcement.trace import Trace, role_session

READ = ("sqs:GetQueueAttributes", "sqs:ReceiveMessage")
DELETE = ("sqs:DeleteMessage",)
LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


def with_log_permissions(trace: Trace, emit: Callable[..., None]) -> Callable[..., None]:
    """Wrap ``lambda_svc._emit_lambda_logs``: no permission, no log."""

    def checked(function: Mapping[str, Any], *arguments: Any, **options: Any) -> None:
        config = function.get("config") or function
        name = config["FunctionName"]
        group = config.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
        arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:{name}"
        role = role_session(config["Role"], name)
        decided = [trace.allows(role, action, arn, via="lambda") for action in LOG]
        if all(decided) and log_may_be_encrypted(trace, group):
            emit(function, *arguments, **options)

    return checked


def with_read_permissions(
    trace: Trace, receive: Callable[[str, int], list[Any]]
) -> Callable[[str, int], list[Any]]:
    """Wrap ``sqs._receive_messages_for_esm``: no permission, and messages wait in the queue."""

    def checked(queue_url: str, maximum: int) -> list[Any]:
        # AWS polls all the time; only what finds something is worth a line of the log.
        if not has_messages(queue_url) or may(trace, queue_url, READ):
            return receive(queue_url, maximum)
        return []

    return checked


def with_delete_permission(
    trace: Trace, delete: Callable[[str, set[str]], None]
) -> Callable[[str, set[str]], None]:
    """Wrap ``sqs._delete_messages_for_esm``: no permission, and messages come back."""

    def checked(queue_url: str, handles: set[str]) -> None:
        if may(trace, queue_url, DELETE):
            delete(queue_url, handles)

    return checked


def has_messages(queue_url: str) -> bool:
    """Tell whether the queue holds anything."""
    from ministack.services import sqs

    return bool(sqs._get_q(queue_url)["messages"])


def may(trace: Trace, queue_url: str, actions: tuple[str, ...]) -> bool:
    """Tell whether the role of the function that the queue drives may do all of this."""
    from ministack.services import lambda_svc, sqs

    queue = sqs._get_q(queue_url)["attributes"]["QueueArn"]
    for mapping in lambda_svc._esms.values():
        if mapping["EventSourceArn"] == queue:
            name = mapping["FunctionName"]
            role = role_session(lambda_svc._functions[name]["config"]["Role"], name)
            decided = [trace.allows(role, action, queue, via="lambda") for action in actions]
            return all(decided)
    return False
