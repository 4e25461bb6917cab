"""Names a log group as CloudFormation does, after the stack and the resource.

ministack puts all of them below ``/aws/cloudformation/``, so a policy that names a stack's log
groups, as that of its key does, would not fit.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudwatch_logs
from ministack.services.cloudformation import provisioners

from local.replacements import HANDLERS, around


@around(*HANDLERS, "AWS::Logs::LogGroup", "create")
def create(
    handle: Callable[..., Any], logical_id: str, properties: Mapping[str, Any], stack: str
) -> Any:
    """Make a log group, with a name in any case."""
    name = provisioners._physical_name(stack, logical_id, max_len=512)
    return handle(logical_id, {"LogGroupName": name, **properties}, stack)


@around(*HANDLERS, "AWS::Logs::LogGroup", "update")
def update(
    handle: Callable[..., Any], name: str, old: dict[str, Any], new: dict[str, Any], *rest: Any
) -> Any:
    """Update a log group, which keeps its name if it was given none."""
    given = {"LogGroupName": name}
    return handle(name, given | old, given | new, *rest)


@around("services.lambda_svc", "_emit_lambda_logs")
def into_what_is_there(
    emit: Callable[..., None], function: Mapping[str, Any], *rest: Any, **options: Any
) -> None:
    """Write an invocation's log, unless the stack that had the log group has been deleted since.

    ministack would make the group again. On AWS that takes ``logs:CreateLogGroup`` (AWS Lambda
    Developer Guide, "Sending Lambda function logs to CloudWatch Logs"), which no role of ours has.
    The group that Lambda itself names is left to ministack.
    """
    configuration = function.get("config") or function
    default = f"/aws/lambda/{configuration.get('FunctionName')}"
    group = (configuration.get("LoggingConfig") or {}).get("LogGroup", default)
    if group == default or group in cloudwatch_logs._log_groups:
        emit(function, *rest, **options)
