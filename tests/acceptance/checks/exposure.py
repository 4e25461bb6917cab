"""Nobody else gets at the files, as the account itself tells it."""

import json
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.acceptance.checks.expectations import Broken, expect
from tests.acceptance.checks.subject import Subject

# Amazon S3 API Reference, "PublicAccessBlockConfiguration".
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def check(subject: Subject) -> None:
    """Look at buckets, queues and topic.

    Raises:
        Broken: One is open, or takes requests without TLS.
    """
    s3 = subject.client("s3")
    for bucket in subject.names("AWS::S3::Bucket"):
        block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        off = [name for name in BLOCKS if not block[name]]
        expect(not off, f"bucket {bucket} does not have {', '.join(off)}")
        refuses_plain_http(f"bucket {bucket}", s3.get_bucket_policy(Bucket=bucket)["Policy"])
        refuses_strangers(s3, bucket)
    versioning = s3.get_bucket_versioning(Bucket=subject.stack.bucket).get("Status")
    expect(versioning == "Enabled", f"bucket {subject.stack.bucket} keeps no versions")
    sqs = subject.client("sqs")
    for queue in subject.names("AWS::SQS::Queue"):
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])["Attributes"]
        refuses_plain_http(f"queue {queue}", found.get("Policy", "{}"))
    topic = subject.client("sns").get_topic_attributes(TopicArn=subject.topic)["Attributes"]
    refuses_plain_http("the topic", topic["Policy"])


def refuses_plain_http(what: str, policy: str) -> None:
    """Make sure that a policy denies everybody what does not come over TLS.

    Raises:
        Broken: It does not.
    """
    expect(
        any(denies_plain_http(one) for one in json.loads(policy).get("Statement", [])),
        f"{what} takes requests without TLS",
    )


def denies_plain_http(statement: dict[str, Any]) -> bool:
    """Tell whether a statement does it. AWS writes a principal as "*" or as {"AWS": "*"}."""
    return (
        statement["Effect"] == "Deny"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and str(statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")).lower()
        == "false"
    )


def refuses_strangers(s3: Any, bucket: str) -> None:
    """Ask for the list of files without saying who asks.

    Raises:
        Broken: There is an answer.
    """
    stranger: Any = boto3.client(
        "s3",
        region_name=s3.meta.region_name,
        endpoint_url=s3.meta.endpoint_url,
        config=Config(signature_version=UNSIGNED),
    )
    try:
        stranger.list_objects_v2(Bucket=bucket)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        expect(code == "AccessDenied", f"bucket {bucket} answers strangers with {code}")
    else:
        raise Broken(f"anybody may list bucket {bucket}")
