"""Data is encrypted with the key it should be, as the account itself tells it."""

from collections.abc import Iterator

from tests.acceptance.checks.expectations import expect
from tests.acceptance.checks.subject import Subject


def check(subject: Subject) -> None:
    """Look at everything that holds data.

    Raises:
        Broken: Something has another key than the stack's, or none.
    """
    for what, found, wanted in (*buckets(subject), *queues(subject), *keys(subject)):
        expect(found == wanted, f"{what} is encrypted with {found or 'nothing'}, not {wanted}")


def buckets(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Yield each bucket's key and the one it should have; S3's own is ``AES256``."""
    s3 = subject.client("s3")
    for bucket in subject.names("AWS::S3::Bucket"):
        answer = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        default = answer["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        # Logs of S3 cannot be encrypted with a key of ours.
        own = subject.key and bucket == subject.stack.bucket
        found = default.get("KMSMasterKeyID") or default["SSEAlgorithm"]
        yield f"bucket {bucket}", key_id(found), subject.key if own else "AES256"


def queues(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Yield whether SQS encrypts each queue; S3 cannot send to one with a key of ours."""
    sqs = subject.client("sqs")
    for queue in subject.names("AWS::SQS::Queue"):
        answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["SqsManagedSseEnabled"])
        on = answer.get("Attributes", {}).get("SqsManagedSseEnabled") == "true"
        yield f"queue {queue}", "SQS's key" if on else "", "SQS's key"


def keys(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Yield the key of what has the stack's own; empty when AWS manages the keys."""
    table = subject.client("dynamodb").describe_table(TableName=subject.stack.ledger)["Table"]
    secret = subject.client("secretsmanager").describe_secret(SecretId=subject.stack.secret)
    topic = subject.client("sns").get_topic_attributes(TopicArn=subject.topic)["Attributes"]
    found = {
        "the ledger": table.get("SSEDescription", {}).get("KMSMasterKeyArn", ""),
        "the secret": secret.get("KmsKeyId", ""),
        "the topic": topic.get("KmsMasterKeyId", ""),
    }
    for what, key in found.items():
        yield what, key_id(key), subject.key


def key_id(key: str) -> str:
    """Return the last part of a key's ARN: its ID."""
    return key.rpartition("/")[2]
