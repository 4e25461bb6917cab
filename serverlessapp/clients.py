"""The types of AWS's clients and answers, which are there only while types are checked."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient as CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackEventTypeDef as StackEventTypeDef
    from types_boto3_cloudformation.type_defs import StackTypeDef as StackTypeDef
    from types_boto3_dynamodb import DynamoDBClient as DynamoDBClient
    from types_boto3_logs import CloudWatchLogsClient as CloudWatchLogsClient
    from types_boto3_s3 import S3Client as S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef as ObjectIdentifierTypeDef
    from types_boto3_s3.type_defs import ObjectVersionTypeDef as ObjectVersionTypeDef
    from types_boto3_secretsmanager import SecretsManagerClient as SecretsManagerClient
    from types_boto3_sqs import SQSClient as SQSClient
    from types_boto3_sqs.type_defs import (
        BatchResultErrorEntryTypeDef as BatchResultErrorEntryTypeDef,
    )
    from types_boto3_sqs.type_defs import (
        ListMessageMoveTasksResultEntryTypeDef as ListMessageMoveTasksResultEntryTypeDef,
    )
    from types_boto3_sqs.type_defs import MessageTypeDef as MessageTypeDef
else:

    def __getattr__(name: str) -> Any:
        """Return what stands for a type."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Any
