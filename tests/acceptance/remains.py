"""What is left of a stack when it is deleted: found, and taken away.

Of everything that a stack has, these hold data or cost money without it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.acceptance.account import Account

# What a service calls that which is not there. HEAD has no body, so S3 gives the status.
GONE = (
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
)
KEY_DAYS = 7  # until a key is really deleted; the least that KMS takes
BATCH = 1000  # versions per request, S3's maximum


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How to deal with one type of resource.

    Attributes:
        service: Its API.
        exists: Gets a client and a physical ID; may raise that it is not there.
        remove: Gets the same.
    """

    service: str
    exists: Callable[[Any, str], bool]
    remove: Callable[[Any, str], object]


def exists(account: Account, region: str, kind: str, name: str) -> bool:
    """Tell whether a resource is there.

    Raises:
        ClientError: AWS refuses to tell.
    """
    how = KINDS[kind]
    try:
        return how.exists(account.client(how.service, region), name)
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return False
        raise


def remove(account: Account, region: str, kind: str, name: str) -> None:
    """Delete a resource and what is in it.

    Raises:
        ClientError: AWS refuses, or it is not there.
    """
    how = KINDS[kind]
    how.remove(account.client(how.service, region), name)


def has_bucket(s3: Any, name: str) -> bool:
    """Ask for the bucket's own properties."""
    s3.head_bucket(Bucket=name)
    return True


def remove_bucket(s3: Any, name: str) -> None:
    """Delete a bucket with all versions of all objects."""
    for versions in batches(s3, name):
        s3.delete_objects(Bucket=name, Delete={"Objects": versions, "Quiet": True})
    s3.delete_bucket(Bucket=name)


def batches(s3: Any, name: str) -> Iterator[list[Mapping[str, str]]]:
    """Yield versions and delete markers, as many as one request may delete."""
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=name, PaginationConfig={"PageSize": BATCH}
    )
    for page in pages:
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            yield [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]


def has_queue(sqs: Any, url: str) -> bool:
    """Ask for an attribute of the queue."""
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return True


def has_table(dynamodb: Any, name: str) -> bool:
    """Tell whether there is a table that is not being deleted."""
    return bool(dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] != "DELETING")


def remove_table(dynamodb: Any, name: str) -> None:
    """Delete a table, also one that is protected from it."""
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    dynamodb.delete_table(TableName=name)


def has_secret(secrets: Any, name: str) -> bool:
    """Tell whether there is a secret that is not being deleted."""
    return "DeletedDate" not in secrets.describe_secret(SecretId=name)


def has_log_group(logs: Any, name: str) -> bool:
    """Look for the log group among those whose names begin like its own."""
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(group["logGroupName"] == name for group in found)


def has_key(kms: Any, key: str) -> bool:
    """Tell whether there is a key that is not being deleted."""
    return bool(kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] != "PendingDeletion")


KINDS: Mapping[str, Kind] = {
    "AWS::DynamoDB::Table": Kind(service="dynamodb", exists=has_table, remove=remove_table),
    "AWS::KMS::Key": Kind(
        service="kms",
        exists=has_key,
        remove=lambda kms, key: kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=KEY_DAYS),
    ),
    "AWS::Logs::LogGroup": Kind(
        service="logs",
        exists=has_log_group,
        remove=lambda logs, name: logs.delete_log_group(logGroupName=name),
    ),
    "AWS::S3::Bucket": Kind(service="s3", exists=has_bucket, remove=remove_bucket),
    "AWS::SQS::Queue": Kind(
        service="sqs",
        exists=has_queue,
        remove=lambda sqs, url: sqs.delete_queue(QueueUrl=url),
    ),
    "AWS::SecretsManager::Secret": Kind(
        service="secretsmanager",
        exists=has_secret,
        remove=lambda secrets, name: secrets.delete_secret(
            SecretId=name, ForceDeleteWithoutRecovery=True
        ),
    ),
}
