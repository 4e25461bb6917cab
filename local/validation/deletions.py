"""Refuses to delete with a stack what AWS keeps: a protected table, a bucket that is not empty.

The stack is DELETE_FAILED then. ministack deletes both; its API refuses the table alone.
Amazon DynamoDB Developer Guide, "Basic operations on DynamoDB tables", deletion protection;
CloudFormation User Guide, "Troubleshooting CloudFormation", "Delete stack fails".
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import dynamodb, s3

from local.replacements import HANDLERS, around
from serverlessapp.template.values import scalar


@around(*HANDLERS, "AWS::DynamoDB::Table", "delete")
def table(delete: Callable[..., Any], name: str, *rest: Any) -> Any:
    """Delete a table that is not protected."""
    protected = (dynamodb._tables.get(name) or {}).get("DeletionProtectionEnabled", False)
    if scalar(protected).lower() == "true":  # a parameter makes it a text
        raise ValueError(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    return delete(name, *rest)


@around(*HANDLERS, "AWS::S3::Bucket", "delete")
def bucket(
    delete: Callable[[str, Mapping[str, Any]], None], name: str, properties: Mapping[str, Any]
) -> None:
    """Delete a bucket that is empty; one that is gone already is no failure."""
    content = s3._buckets.get(name)
    if content and (content["objects"] or s3._bucket_has_versions(name)):
        raise ValueError(
            "The bucket you tried to delete is not empty. You must delete all versions in the "
            "bucket. (Service: S3, Status Code: 409)"
        )
    delete(name, properties)
