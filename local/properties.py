"""Properties that ministack's CloudFormation forgets, though the service itself has them.

How buckets, tables and topics are encrypted can then be asked for; ministack encrypts nothing
either way, and who may use the key is checked in ``local.enforcement``. A role's permissions
boundary then also limits the role. Applied by ``local.server``; tests named "still needs" fail when
ministack has learned one of them.
"""

from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring


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


def noting(
    create: Callable[..., tuple[str, Any]], note: Callable[[str, Mapping[str, Any]], None]
) -> Callable[..., tuple[str, Any]]:
    """Wrap CloudFormation's creation of a resource.

    Args:
        create: ministack's function.
        note: Gets the new resource's physical ID and its properties.
    """

    def created(logical_id: str, properties: Mapping[str, Any], *rest: Any) -> tuple[str, Any]:
        made = create(logical_id, properties, *rest)
        note(made[0], properties)
        return made

    return created


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

    if boundary := properties.get("PermissionsBoundary"):
        iam._roles[name]["PermissionsBoundary"] = boundary


NOTES = {
    "AWS::DynamoDB::Table": note_table,
    "AWS::IAM::Role": note_boundary,
    "AWS::SNS::Topic": note_topic,
}


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
    for kind, note in NOTES.items():
        handlers = provisioners._RESOURCE_HANDLERS[kind]
        handlers["create"] = noting(handlers["create"], note)
