"""A bucket of somebody else's, as a stack finds it: in use, with a notification of its owner's."""

from typing import Any

from local.enforcement.principals import policy


def bucket(session: Any, name: str, *, versions: bool = True, key: str = "") -> dict[str, Any]:
    """Make one with EventBridge on, and return its whole notification configuration.

    Args:
        session: Its owner's.
        name: Its name.
        versions: Whether it has versions.
        key: ARN of the key that encrypts what is put there, if one does.
    """
    s3, region = session.client("s3"), session.region_name
    place = {"LocationConstraint": region}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    if versions:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if key:
        by_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rule = {"ApplyServerSideEncryptionByDefault": by_key}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    told = {"QueueArn": queue(session, f"{name}-owner"), "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=name,
        NotificationConfiguration={"QueueConfigurations": [told], "EventBridgeConfiguration": {}},
    )
    return notifications(session, name)


def notifications(session: Any, name: str) -> dict[str, Any]:
    """Return whom a bucket tells of its files."""
    answer = session.client("s3").get_bucket_notification_configuration(Bucket=name)
    return {part: value for part, value in answer.items() if part != "ResponseMetadata"}


def queue(session: Any, name: str) -> str:
    """Make a queue to which S3 may send, and return its ARN."""
    accept = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Resource": "*"}
    document = policy({**accept, "Action": "sqs:SendMessage"})
    sqs = session.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes={"Policy": document})["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])
