"""Which key encrypts what, learned as CloudFormation creates it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id, get_region

from local.corrections.properties import observe

# ARN of a bucket, table or secret -> its key, for as long as the emulator runs.
Keys = dict[str, str]


def bucket_key(name: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the bucket's ARN and key, if it has one."""
    encryption = properties.get("BucketEncryption", {})
    for rule in encryption.get("ServerSideEncryptionConfiguration", []):
        if key := rule.get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID"):
            yield f"arn:aws:s3:::{name}", key


def table_key(name: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the table's ARN and key, if it has one."""
    if key := properties.get("SSESpecification", {}).get("KMSMasterKeyId"):
        yield f"arn:aws:dynamodb:{get_region()}:{get_account_id()}:table/{name}", key


def secret_key(name: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the secret's ARN and key, if it has one."""
    from ministack.services import secretsmanager

    if key := properties.get("KmsKeyId"):
        yield secretsmanager._secrets[name]["ARN"], key


KEYS_OF = {
    "AWS::S3::Bucket": bucket_key,
    "AWS::DynamoDB::Table": table_key,
    "AWS::SecretsManager::Secret": secret_key,
}


def learn_keys(keys: Keys, handlers: Mapping[str, dict[str, Any]]) -> None:
    """Note the key of each resource that CloudFormation creates or updates."""

    def note(key_of: Callable[..., Any], name: str, properties: Mapping[str, Any]) -> None:
        keys.update(key_of(name, properties))

    for resource_type, key_of in KEYS_OF.items():
        observe(handlers, resource_type, partial(note, key_of))


def key_policy(key: str) -> tuple[str, str]:
    """Return the ARN and the policy of a key; no policy, if there is no such key."""
    from ministack.services import kms

    is_arn = key.startswith("arn:")
    arn = key if is_arn else f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{key}"
    return arn, (kms.key_policy_for_arn(arn) or ("",))[0]
