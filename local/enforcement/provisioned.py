"""What CloudFormation sets on a resource and ministack's provisioners drop.

Kept where the API would have put it: the boundary of a role, the policy of a table, the key of a
topic, where a bucket's access logs go.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

# Gets a resource's name, as CloudFormation returns it, and its properties.
Observer = Callable[[str, Mapping[str, Any]], None]


def observe(handlers: Mapping[str, dict[str, Any]], resource_type: str, observer: Observer) -> None:
    """Call the observer for each resource that CloudFormation creates or updates.

    Args:
        handlers: ministack's table of provisioners, which is changed.
        resource_type: As CloudFormation writes it.
        observer: What to do with the resource.
    """
    for operation, position in (("create", 1), ("update", 2)):
        handler = handlers[resource_type][operation]
        handlers[resource_type][operation] = observed(handler, observer, position)


def observed(handler: Callable[..., Any], observer: Observer, position: int) -> Callable[..., Any]:
    """Wrap one of ministack's provisioners; the new properties are at this position."""

    def provision(*arguments: Any, **options: Any) -> Any:
        made = handler(*arguments, **options)
        observer(made[0], arguments[position])
        return made

    return provision


def keep_boundary(name: str, properties: Mapping[str, Any]) -> None:
    """Keep the permissions boundary of a role."""
    from ministack.services import iam

    iam._roles[name]["PermissionsBoundary"] = properties.get("PermissionsBoundary")


def keep_table_policy(name: str, properties: Mapping[str, Any]) -> None:
    """Keep the policy of a table."""
    from ministack.services import dynamodb

    if policy := properties.get("ResourcePolicy"):
        document = {"ResourceArn": dynamodb._tables[name]["TableArn"]}
        dynamodb._put_resource_policy({**document, "Policy": json.dumps(policy["PolicyDocument"])})


def keep_topic_key(arn: str, properties: Mapping[str, Any]) -> None:
    """Keep the key of a topic."""
    from ministack.services import sns

    if key := properties.get("KmsMasterKeyId"):
        sns._topics[arn]["attributes"]["KmsMasterKeyId"] = key


def keep_logging(name: str, properties: Mapping[str, Any]) -> None:
    """Keep where a bucket's access logs go."""
    from ministack.services import s3

    if logging := properties.get("LoggingConfiguration"):
        bucket = f"<TargetBucket>{logging['DestinationBucketName']}</TargetBucket>"
        prefix = f"<TargetPrefix>{escape(logging.get('LogFilePrefix', ''))}</TargetPrefix>"
        enabled = f"<LoggingEnabled>{bucket}{prefix}</LoggingEnabled>"
        status = f"<BucketLoggingStatus>{enabled}</BucketLoggingStatus>"
        s3._put_bucket_logging(name, status.encode())


KEPT: dict[str, Observer] = {
    "AWS::IAM::Role": keep_boundary,
    "AWS::DynamoDB::Table": keep_table_policy,
    "AWS::SNS::Topic": keep_topic_key,
    "AWS::S3::Bucket": keep_logging,
}
