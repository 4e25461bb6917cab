"""Properties of resources reach the service."""

from typing import Any

import pytest
from ministack.services import dynamodb, iam, sns
from ministack.services.cloudformation import provisioners

from local.corrections import properties
from local.replacements import REGISTERED, Replacement

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def test_what_is_made_or_updated_is_noted() -> None:
    noted: list[Any] = []
    before = len(REGISTERED)
    properties.notes("AWS::X::Y")(lambda name, given: noted.append((name, given)))
    create, update = REGISTERED[before:]
    del REGISTERED[before:]
    assert [(create.path[1:]), update.path[1:]] == [
        ("AWS::X::Y", "create"),
        ("AWS::X::Y", "update"),
    ]

    def call(replacement: Replacement, *arguments: Any) -> Any:
        return replacement.make(lambda *_: ("name", {}))(*arguments)

    assert call(create, "Title", {"P": 1}, "stack") == ("name", {})
    assert call(update, "name", {"P": 1}, {"P": 2}, "stack") == ("name", {})
    assert noted == [("name", {"P": 1}), ("name", {"P": 2})]


def test_bodies_are_what_the_api_takes() -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    encryption = {"ServerSideEncryptionConfiguration": [rule]}
    assert properties.encryption_document(encryption) == (
        b"<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
        b"<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID>"
        b"</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled>"
        b"</Rule></ServerSideEncryptionConfiguration>"
    )
    logging = {"DestinationBucketName": "logs", "LogFilePrefix": "a/"}
    assert properties.logging_document(logging) == (
        b"<BucketLoggingStatus><LoggingEnabled><TargetBucket>logs</TargetBucket>"
        b"<TargetPrefix>a/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
    )
    assert properties.tagging_document([{"Key": "k", "Value": "v"}]) == (
        b"<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>"
    )


@pytest.mark.parametrize(("given", "expected"), [("false", False), ("true", True)])
def test_a_text_switches_the_encryption_of_a_table(given: str, expected: bool) -> None:
    name, _ = provisioners._ddb_create("Switched", {}, "stack")
    properties.table_encryption(name, {"SSESpecification": {"SSEEnabled": given}})
    assert bool(dynamodb._tables[name]["SSEDescription"]) is expected


def test_ministack_still_needs_the_configurations_of_buckets() -> None:
    """When this fails, ministack has learned one: take it out."""
    known = {name for name, *_ in provisioners._S3_BUCKET_CONFIGURATIONS}
    assert not known & {"BucketEncryption", "LoggingConfiguration", "Tags"}


def test_ministack_still_needs_the_properties_it_forgets() -> None:
    """When one of these fails, ministack has learned it: take its note out."""
    role, _ = provisioners._iam_role_create(
        "Role",
        {"AssumeRolePolicyDocument": POLICY, "PermissionsBoundary": "arn:aws:iam::aws:policy/x"},
        "stack",
    )
    assert "PermissionsBoundary" not in iam._roles[role]
    topic, _ = provisioners._sns_create("Topic", {"KmsMasterKeyId": "key"}, "stack")
    assert "KmsMasterKeyId" not in sns._topics[topic]["attributes"]
    given = {"ResourcePolicy": {"PolicyDocument": POLICY}, "SSESpecification": {"SSEEnabled": True}}
    table, _ = provisioners._ddb_create("Table", given, "stack")
    assert not dynamodb._tables[table]["SSEDescription"]
    assert dynamodb._tables[table]["TableArn"] not in dynamodb._resource_policies
