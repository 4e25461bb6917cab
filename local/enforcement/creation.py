"""What services ask about permissions already when something is made.

* AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role": the
  role has to trust Lambda when a function gets it.
* aws/aws-cdk#6770, functionalone/serverless-iam-roles-per-function#21: making an event source
  mapping takes what reading the queue takes.
* Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS", aws/aws-cdk#28304: the
  service has to be allowed to use the key.

ministack asks for none of it. That a queue or a topic takes what a bucket announces, it asks.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import cloudwatch_logs

from local.enforcement import execution_role, trust
from local.enforcement.encryption import log_may_be_encrypted
from local.replacements import HANDLERS, around
from local.validation import event_sources
from local.validation.resources import Properties, refuses


@refuses("AWS::Lambda::Function")
def role(_: str, properties: Properties) -> Iterator[str]:
    """Refuse a role that Lambda cannot assume."""
    if not trust.trusts_lambda(properties["Role"]):
        yield "The role defined for the function cannot be assumed by Lambda."


@refuses("AWS::Lambda::EventSourceMapping")
def mapping(_: str, properties: Properties) -> Iterator[str]:
    """Refuse a queue that the function's role may not consume."""
    arn, target = properties.get("EventSourceArn", ""), event_sources.function(properties)
    if target is None or not event_sources.is_queue(arn):
        return  # refused for that, or read with other permissions
    for action in (*execution_role.READ, *execution_role.DELETE):
        if not execution_role.may(target["config"], (action,), arn):
            verb = action.partition(":")[2]
            yield f"The provided execution role does not have permissions to call {verb} on SQS"


@around(*HANDLERS, "AWS::Logs::LogGroup", "create")
@around(*HANDLERS, "AWS::Logs::LogGroup", "update")
def log_group(handle: Callable[..., Any], *arguments: Any) -> Any:
    """Make or update a log group, and undo it if CloudWatch Logs may not use its key."""
    before = dict(cloudwatch_logs._log_groups.get(arguments[0]) or {})
    made = handle(*arguments)
    if not log_may_be_encrypted(made[0]):
        del cloudwatch_logs._log_groups[made[0]]
        if before:
            cloudwatch_logs._log_groups[made[0]] = before
        raise ValueError(
            "The specified KMS key does not exist or is not allowed to be used with Arn "
            f"'{made[1]['Arn'].removesuffix(':*')}'"
        )
    return made
