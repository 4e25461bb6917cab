"""Properties that ministack's CloudFormation forgets, though the service itself has them.

How buckets, tables and topics are encrypted can then be asked for; ministack encrypts nothing
either way, and who may use the key is checked in ``local.enforcement``, which also needs the policy
of a table and where access logs go. A role's permissions boundary then also limits the role.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import dynamodb, iam, s3, sns

from local.replacements import HANDLERS, around, replaces
from serverlessapp.template.values import scalar

# Gets a resource's physical ID and its properties.
Note = Callable[[str, Mapping[str, Any]], None]


def notes(resource_type: str) -> Callable[[Note], Note]:
    """Register what is noted of each resource that CloudFormation creates or updates."""

    def register(note: Note) -> Note:
        for operation, position in (("create", 1), ("update", 2)):

            @around(*HANDLERS, resource_type, operation)
            def provision(
                handle: Callable[..., Any], *arguments: Any, position: int = position
            ) -> Any:
                made = handle(*arguments)
                note(made[0], arguments[position])
                return made

        return note

    return register


@notes("AWS::DynamoDB::Table")
def table_encryption(name: str, properties: Mapping[str, Any]) -> None:
    """Let DescribeTable tell of ``SSESpecification``; of DynamoDB's own key it says nothing."""
    if given := properties.get("SSESpecification"):
        # CloudFormation's name of the switch is not the API's.
        is_enabled = scalar(given["SSEEnabled"]).lower() == "true"  # a parameter makes it a text
        specification = {**given, "Enabled": True} if is_enabled else None
        described = dynamodb._sse_description_from_spec(specification)
        dynamodb._tables[name]["SSEDescription"] = described


@notes("AWS::DynamoDB::Table")
def table_policy(name: str, properties: Mapping[str, Any]) -> None:
    """Let GetResourcePolicy tell of ``ResourcePolicy``."""
    if given := properties.get("ResourcePolicy"):
        arn, policy = dynamodb._tables[name]["TableArn"], json.dumps(given["PolicyDocument"])
        dynamodb._put_resource_policy({"ResourceArn": arn, "Policy": policy})


@notes("AWS::SNS::Topic")
def topic_key(arn: str, properties: Mapping[str, Any]) -> None:
    """Let GetTopicAttributes tell of ``KmsMasterKeyId``."""
    attributes = sns._topics[arn]["attributes"]
    attributes.pop("KmsMasterKeyId", None)
    if key := properties.get("KmsMasterKeyId"):
        attributes["KmsMasterKeyId"] = key


@notes("AWS::IAM::Role")
def boundary(name: str, properties: Mapping[str, Any]) -> None:
    """Let GetRole tell of ``PermissionsBoundary``, and IAM apply it."""
    iam._roles[name]["PermissionsBoundary"] = properties.get("PermissionsBoundary")


@replaces("services.cloudformation.provisioners", "_S3_BUCKET_CONFIGURATIONS")
def with_more_of_buckets(configurations: tuple[Any, ...]) -> tuple[Any, ...]:
    """Add how a bucket is encrypted, where its access logs go, and its tags.

    An entry has the property, and functions: its body for the API, the API's to put and delete it.
    """
    encryption = (
        "BucketEncryption",
        encryption_document,
        s3._put_bucket_encryption,
        s3._delete_bucket_encryption,
    )
    logging = (
        "LoggingConfiguration",
        logging_document,
        s3._put_bucket_logging,
        lambda name: s3._put_bucket_logging(name, b"<BucketLoggingStatus/>"),
    )
    tags = ("Tags", tagging_document, s3._put_bucket_tagging, s3._delete_bucket_tagging)
    return (*configurations, encryption, logging, tags)


def encryption_document(encryption: dict[str, Any]) -> bytes:
    """Return the body of PutBucketEncryption (Amazon S3 API Reference)."""
    root = Element("ServerSideEncryptionConfiguration")
    for given in encryption["ServerSideEncryptionConfiguration"]:
        rule = SubElement(root, "Rule")
        default = SubElement(rule, "ApplyServerSideEncryptionByDefault")
        for name, value in given["ServerSideEncryptionByDefault"].items():
            SubElement(default, name).text = str(value)
        enabled = str(given.get("BucketKeyEnabled", False)).lower()
        SubElement(rule, "BucketKeyEnabled").text = enabled
    return bytes(tostring(root, encoding="utf-8"))


def logging_document(logging: dict[str, Any]) -> bytes:
    """Return the body of PutBucketLogging (Amazon S3 API Reference)."""
    root = Element("BucketLoggingStatus")
    enabled = SubElement(root, "LoggingEnabled")
    SubElement(enabled, "TargetBucket").text = logging["DestinationBucketName"]
    SubElement(enabled, "TargetPrefix").text = logging.get("LogFilePrefix", "")
    return bytes(tostring(root, encoding="utf-8"))


def tagging_document(tags: list[dict[str, str]]) -> bytes:
    """Return the body of PutBucketTagging (Amazon S3 API Reference)."""
    root = Element("Tagging")
    tag_set = SubElement(root, "TagSet")
    for given in tags:
        tag = SubElement(tag_set, "Tag")
        for name, value in given.items():
            SubElement(tag, name).text = value
    return bytes(tostring(root, encoding="utf-8"))
