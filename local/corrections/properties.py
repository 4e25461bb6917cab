"""Properties that ministack's CloudFormation forgets, though the service itself has them.

How buckets, tables and topics are encrypted can then be asked for; ministack encrypts nothing
either way, and who may use the key is checked in ``local.enforcement``, which also needs the policy
of a table and where access logs go. A role's permissions boundary then also limits the role.
Applied by ``local.server``; a test named "still needs" fails when ministack has learned one.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

# Gets a resource's physical ID and its properties.
Note = Callable[[str, Mapping[str, Any]], None]


def encryption_document(encryption: dict[str, Any]) -> bytes:
    """Return a ``BucketEncryption`` property as the body of PutBucketEncryption.

    Without it, each bucket looks like one with S3's own key. (Amazon S3 API Reference,
    "PutBucketEncryption".)
    """
    root = Element("ServerSideEncryptionConfiguration")
    for given in encryption["ServerSideEncryptionConfiguration"]:
        rule = SubElement(root, "Rule")
        default = SubElement(rule, "ApplyServerSideEncryptionByDefault")
        for name, value in given["ServerSideEncryptionByDefault"].items():
            SubElement(default, name).text = str(value)
        enabled = str(given.get("BucketKeyEnabled", False)).lower()
        SubElement(rule, "BucketKeyEnabled").text = enabled
    return bytes(tostring(root, encoding="utf-8"))


def observe(handlers: Mapping[str, dict[str, Any]], resource_type: str, note: Note) -> None:
    """Note each resource that CloudFormation creates or updates.

    Args:
        handlers: ministack's functions by resource type and operation, which are replaced.
        resource_type: As CloudFormation writes it.
        note: What to do with the resource.
    """
    for operation, position in (("create", 1), ("update", 2)):
        handler = handlers[resource_type][operation]
        handlers[resource_type][operation] = noting(handler, note, position)


def noting(handler: Callable[..., Any], note: Note, position: int) -> Callable[..., Any]:
    """Wrap one of the functions; its argument at this position is the new properties."""

    def noted(*arguments: Any, **options: Any) -> Any:
        made = handler(*arguments, **options)
        note(made[0], arguments[position])
        return made

    return noted


def note_table(name: str, properties: Mapping[str, Any]) -> None:
    """Let DescribeTable tell of ``SSESpecification``."""
    from ministack.services import dynamodb

    if given := properties.get("SSESpecification"):
        # CloudFormation's name of the switch is not the API's.
        specification = {**given, "Enabled": given.get("SSEEnabled", False)}
        described = dynamodb._sse_description_from_spec(specification)
        dynamodb._tables[name]["SSEDescription"] = described


def note_topic(arn: str, properties: Mapping[str, Any]) -> None:
    """Let GetTopicAttributes tell of ``KmsMasterKeyId``."""
    from ministack.services import sns

    if key := properties.get("KmsMasterKeyId"):
        sns._topics[arn]["attributes"]["KmsMasterKeyId"] = key


def note_boundary(name: str, properties: Mapping[str, Any]) -> None:
    """Let GetRole tell of ``PermissionsBoundary``, and IAM apply it."""
    from ministack.services import iam

    iam._roles[name]["PermissionsBoundary"] = properties.get("PermissionsBoundary")


def note_table_policy(name: str, properties: Mapping[str, Any]) -> None:
    """Let GetResourcePolicy tell of a table's ``ResourcePolicy``."""
    from ministack.services import dynamodb

    if given := properties.get("ResourcePolicy"):
        arn, policy = dynamodb._tables[name]["TableArn"], json.dumps(given["PolicyDocument"])
        dynamodb._put_resource_policy({"ResourceArn": arn, "Policy": policy})


def note_logging(name: str, properties: Mapping[str, Any]) -> None:
    """Let GetBucketLogging tell of ``LoggingConfiguration``."""
    from ministack.services import s3

    if given := properties.get("LoggingConfiguration"):
        root = Element("BucketLoggingStatus")
        enabled = SubElement(root, "LoggingEnabled")
        SubElement(enabled, "TargetBucket").text = given["DestinationBucketName"]
        SubElement(enabled, "TargetPrefix").text = given.get("LogFilePrefix", "")
        s3._put_bucket_logging(name, tostring(root, encoding="utf-8"))


NOTES = (
    ("AWS::DynamoDB::Table", note_table),
    ("AWS::DynamoDB::Table", note_table_policy),
    ("AWS::IAM::Role", note_boundary),
    ("AWS::S3::Bucket", note_logging),
    ("AWS::SNS::Topic", note_topic),
)


def correct() -> None:
    """Apply the corrections to ministack, which must not be serving yet."""
    from ministack.services import s3
    from ministack.services.cloudformation import provisioners

    provisioners._S3_BUCKET_CONFIGURATIONS += (
        (
            "BucketEncryption",
            encryption_document,
            s3._put_bucket_encryption,
            s3._delete_bucket_encryption,
        ),
    )
    for resource_type, note in NOTES:
        observe(provisioners._RESOURCE_HANDLERS, resource_type, note)
