"""A stack is configured as it should be and was asked to be: what the account itself tells."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from serverlessapp.clients import S3Client
from tests.acceptance.checks.expectations import expect
from tests.acceptance.checks.stack import StackUnderTest

# Amazon S3 API Reference, "PublicAccessBlockConfiguration".
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def exposure(stack: StackUnderTest) -> None:
    """Buckets refuse the public and keep versions; buckets, queues and topic want TLS."""
    s3 = stack.client("s3")
    stranger = boto3.Session().client(  # not the common session: checks run in threads
        "s3",
        region_name=s3.meta.region_name,
        endpoint_url=s3.meta.endpoint_url,
        config=Config(signature_version=UNSIGNED),
    )
    for bucket in stack.physical_ids("AWS::S3::Bucket"):
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        off = [name for name in BLOCKS if not block[name]]
        expect(not off, f"bucket {bucket} does not have {', '.join(off)}")
        answer = answer_to(stranger, bucket)
        expect(answer == "AccessDenied", f"bucket {bucket} answers strangers with {answer}")
    versioning = s3.get_bucket_versioning(Bucket=stack.outputs.bucket).get("Status")
    expect(versioning == "Enabled", f"bucket {stack.outputs.bucket} keeps no versions")
    for name, policy in resource_policies(stack):
        secure = any(map(denies_plain_http, json.loads(policy).get("Statement", [])))
        expect(secure, f"{name} takes requests without TLS")


def resource_policies(stack: StackUnderTest) -> Iterator[tuple[str, str]]:
    """Yield the policies of buckets, queues and topic."""
    s3, sqs, sns = stack.client("s3"), stack.client("sqs"), stack.client("sns")
    for bucket in stack.physical_ids("AWS::S3::Bucket"):
        yield f"bucket {bucket}", s3.get_bucket_policy(Bucket=bucket)["Policy"]
    for queue in stack.physical_ids("AWS::SQS::Queue"):
        answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])
        yield f"queue {queue}", answer.get("Attributes", {}).get("Policy", "{}")
    yield "the topic", sns.get_topic_attributes(TopicArn=stack.topic)["Attributes"]["Policy"]


def denies_plain_http(statement: dict[str, Any]) -> bool:
    """Tell whether a statement does it. AWS writes a principal as "*" or as {"AWS": "*"}."""
    everybody = statement["Principal"] in ("*", {"AWS": "*"})
    secure = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return statement["Effect"] == "Deny" and everybody and str(secure).lower() == "false"


def answer_to(stranger: S3Client, bucket: str) -> str:
    """Return what somebody hears who asks for the list of files."""
    try:
        stranger.list_objects_v2(Bucket=bucket)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "the list of its files"


def encryption(stack: StackUnderTest) -> None:
    """Everything that holds data names the key it should."""
    for name, key, wanted in encryption_keys(stack):
        key_id = key.rpartition("/")[2]  # of an ARN, too
        expect(key_id == wanted, f"{name} is encrypted with {key_id or 'nothing'}, not {wanted}")


def encryption_keys(stack: StackUnderTest) -> Iterator[tuple[str, str, str]]:
    """Yield what holds data, the key it has and the one it should have."""
    s3, sqs = stack.client("s3"), stack.client("sqs")
    for bucket in stack.physical_ids("AWS::S3::Bucket"):
        answer = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        default = answer["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        # Logs of S3 cannot be encrypted with a key of ours; AES256 is S3's own.
        own = stack.key and bucket == stack.outputs.bucket
        key = default.get("KMSMasterKeyID") or default["SSEAlgorithm"]
        yield f"bucket {bucket}", key, stack.key if own else "AES256"
    for queue in stack.physical_ids("AWS::SQS::Queue"):
        # S3 cannot send to a queue with a key of ours.
        answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["SqsManagedSseEnabled"])
        on = answer.get("Attributes", {}).get("SqsManagedSseEnabled") == "true"
        yield f"queue {queue}", "SQS's key" if on else "", "SQS's key"
    # These have the stack's own; none is named when AWS manages the keys.
    secret = stack.client("secretsmanager").describe_secret(SecretId=stack.outputs.secret)
    topic = stack.client("sns").get_topic_attributes(TopicArn=stack.topic)["Attributes"]
    for lane in stack.outputs.lanes:
        table = stack.client("dynamodb").describe_table(TableName=lane.ledger)["Table"]
        key = table.get("SSEDescription", {}).get("KMSMasterKeyArn", "")
        yield f"the ledger of {lane.processor}", key, stack.key
    yield "the secret", secret.get("KmsKeyId", ""), stack.key
    yield "the topic", topic.get("KmsMasterKeyId", ""), stack.key


def options(stack: StackUnderTest) -> None:
    """Prefix, boundary of the roles and subscription are those of the parameters."""
    prefix, parameters = stack.outputs.prefix, stack.parameters
    expect(prefix == parameters["UploadPrefix"], f"files are expected below {prefix}")
    if boundary := parameters["PermissionsBoundaryArn"]:
        for name in stack.physical_ids("AWS::IAM::Role"):
            role = stack.client("iam").get_role(RoleName=name)["Role"]
            arn = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
            expect(arn == boundary, f"role {name} is within {arn}, not {boundary}")
    if address := parameters["AlarmEmail"]:
        pages = stack.client("sns").get_paginator("list_subscriptions_by_topic")
        endpoints = {
            (subscription["Protocol"], subscription["Endpoint"])
            for page in pages.paginate(TopicArn=stack.topic)
            for subscription in page["Subscriptions"]
        }
        expect(("email", address) in endpoints, f"{address} does not hear of alarms")
