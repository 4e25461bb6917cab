"""Which customer's key encrypts something, and what its policy is."""

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb, kms, s3, secretsmanager

from local.corrections.bucket_owners import owner

OF_AWS = ":alias/aws/"


def key_of(service: str, resource: str, *, stored: bool = False) -> str:
    """Return the key of a bucket's objects, a table or a secret; empty without one of a customer.

    An object that is ``stored`` keeps its key; another one will get the bucket's.
    """
    key = None
    if service == "s3":
        bucket, _, name = resource.rpartition(":::")[2].partition("/")
        with request_scope(owner(bucket), get_region()):
            kept = s3._buckets.get(bucket, {}).get("objects", {}).get(name) if stored else None
            sent = s3._stored_sse_headers(kept) if kept else s3._bucket_default_sse_headers(bucket)
        key = sent.get("x-amz-server-side-encryption-aws-kms-key-id")
    elif service == "dynamodb":
        table = dynamodb._tables.get(resource.partition(":table/")[2]) or {}
        key = (table.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    elif service == "secretsmanager":
        _, secret = secretsmanager._resolve(resource)
        key = (secret or {}).get("KmsKeyId")
    return key if key and OF_AWS not in key else ""


def key_policy(key: str) -> tuple[str, str]:
    """Return the ARN and the policy of a key; no policy, if there is no such key."""
    is_arn = key.startswith("arn:")
    arn = key if is_arn else f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{key}"
    region, account = arn.split(":")[3:5]
    with request_scope(account, region):
        return arn, (kms.key_policy_for_arn(arn) or ("",))[0]
