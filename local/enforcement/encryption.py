"""Who reads or writes what a customer's key encrypts needs the key, too.

AWS KMS Developer Guide, "How Amazon S3 / Secrets Manager / DynamoDB uses AWS KMS": the service uses
the caller's permission on the key, with ``kms:ViaService``. ministack stores the data as it is and
does not ask. Which key belongs to what is learned as CloudFormation creates it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region

from local.enforcement.trace import Trace

# Action -> what it needs on the key.
NEEDS = {
    "s3:GetObject": "kms:Decrypt",
    "s3:GetObjectVersion": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
    "secretsmanager:GetSecretValue": "kms:Decrypt",
    "secretsmanager:PutSecretValue": "kms:GenerateDataKey",
    "dynamodb:GetItem": "kms:Decrypt",
    "dynamodb:PutItem": "kms:Decrypt",
    "dynamodb:Query": "kms:Decrypt",
    "dynamodb:Scan": "kms:Decrypt",
}

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
    for resource_type, key_of in KEYS_OF.items():
        for operation in ("create", "update"):
            handler = handlers[resource_type][operation]
            handlers[resource_type][operation] = noting(keys, key_of, operation, handler)


def noting(
    keys: Keys, key_of: Callable[..., Any], operation: str, handler: Callable[..., Any]
) -> Callable[..., Any]:
    """Wrap one of CloudFormation's handlers."""

    def noted(*arguments: Any, **options: Any) -> Any:
        made = handler(*arguments, **options)
        properties = arguments[1 if operation == "create" else 2]
        keys.update(key_of(made[0], properties))
        return made

    return noted


def key_refusal(
    trace: Trace, keys: Keys, principal: Any, action: str, service: str, resource: str
) -> Any:
    """Ask for the key of what somebody may read or write; None if it has none or may be used."""
    key = keys.get(resource.partition("/")[0] if service == "s3" else resource)
    if key is None or action not in NEEDS or principal.policies is None:
        return None
    if may_use(trace, principal, NEEDS[action], key, service):
        return None
    return iam_evaluator.EvalResult("ImplicitDeny", principal.arn, "", f"key {key}")


def may_use(trace: Trace, principal: Any, action: str, key: str, service: str) -> bool:
    """Tell whether the principal may use the key through a service."""
    from ministack.services import kms

    region, account = get_region(), get_account_id()
    arn = key if key.startswith("arn:") else f"arn:aws:kms:{region}:{account}:key/{key}"
    found = kms.key_policy_for_arn(arn)
    return found is not None and trace.allows(
        principal,
        action,
        arn,
        via=service,
        context={"kms:ViaService": f"{service}.{region}.amazonaws.com"},
        resource_policy=found[0],
    )
