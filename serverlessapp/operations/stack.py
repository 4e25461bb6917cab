"""The deployed stack, as its outputs describe it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from serverlessapp.aws import describe
from serverlessapp.errors import OperatorError

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The outputs that an operator's command needs."""

    name: str
    bucket: str
    prefix: str
    ingest_queue: str
    dead_letter_queue: str
    ledger: str
    secret: str
    log_group: str


def find(cloudformation: "CloudFormationClient", name: str) -> Stack:
    """Return the stack of this name.

    Raises:
        OperatorError: There is no such stack, or it is not one of ours.
        ClientError: CloudFormation failed in another way.
    """
    description = describe(cloudformation, name)
    outputs = {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", [])}
    try:
        return Stack(
            name=name,
            bucket=outputs["UploadBucketName"],
            prefix=outputs["UploadPrefix"],
            ingest_queue=outputs["IngestQueueUrl"],
            dead_letter_queue=outputs["DeadLetterQueueUrl"],
            ledger=outputs["LedgerTableName"],
            secret=outputs["SecretArn"],
            log_group=outputs["LogGroupName"],
        )
    except KeyError as error:
        state = description["StackStatus"]
        raise OperatorError(
            f"stack {name} ({state}) has no output {error.args[0]}; is it a ServerlessApp stack?"
        ) from error
