"""Who reads or writes what a customer's key encrypts needs the key, too.

ministack stores the data as it is and does not ask. What AWS documents to be needed:

* Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys".
* AWS Secrets Manager API Reference, "UpdateSecret"; User Guide, "Secret encryption and decryption".
* Amazon DynamoDB Developer Guide, "Encryption at rest: usage notes", permissions for a customer
  managed key; "How DynamoDB uses AWS KMS", for the caller's ``kms:Decrypt``.
* Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS": the service needs the key,
  not who writes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs

from local.enforcement import trace
from local.enforcement.keys import key_of, key_policy
from local.enforcement.request_keys import KEY

READ = ("kms:Decrypt",)
WRITE = ("kms:GenerateDataKey",)
ENCRYPT = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")
REENCRYPT = ("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo")

# Action -> what it needs on the key.
NEEDS = {
    "s3:GetObject": READ,
    "s3:GetObjectVersion": READ,
    "s3:PutObject": WRITE,
    "secretsmanager:GetSecretValue": READ,
    "secretsmanager:PutSecretValue": WRITE,
    "secretsmanager:UpdateSecret": ENCRYPT,
    "dynamodb:GetItem": READ,
    "dynamodb:PutItem": READ,
    "dynamodb:Query": READ,
    "dynamodb:Scan": READ,
    "dynamodb:UpdateTable": (*ENCRYPT, *REENCRYPT, "kms:CreateGrant", "kms:DescribeKey"),
}
LOG_NEEDS = (*ENCRYPT, *REENCRYPT)


def refusal(
    principal: Any, action: str, service: str, resource: str, context: Mapping[str, Any]
) -> Any:
    """Ask for the key of what somebody may read or write; None if it has none or may be used.

    ``context`` has the condition keys of the request.
    """
    if principal.policies is None:
        return None
    if action == "logs:PutLogEvents":
        group = resource.partition(":log-group:")[2].partition(":")[0]
        allowed = log_may_be_encrypted(group)
    else:
        needed = NEEDS.get(action, ())
        key = context.get(f"s3:{KEY}", "")
        if needed and not key:
            key = key_of(service, resource, stored=needed is READ)
        # Each is decided, so that each refusal is recorded.
        decided = [may_use(principal, need, key, service) for need in needed if key]
        allowed = all(decided)
    if allowed:
        return None
    return iam_evaluator.EvalResult("ImplicitDeny", principal.arn, "", "the key")


def may_use(principal: Any, action: str, key: str, service: str) -> bool:
    """Tell whether the principal may use the key through a service."""
    arn, policy = key_policy(key)
    context = {"kms:ViaService": f"{service}.{get_region()}.amazonaws.com"}
    if action == "kms:CreateGrant":
        context["kms:GrantIsForAWSResource"] = "true"
    return trace.allows(
        principal,
        action,
        arn,
        via=service,
        context=context,
        resource_policy=policy,
        owner=arn.split(":")[4],
    )


def log_may_be_encrypted(group: str) -> bool:
    """Tell whether CloudWatch Logs may encrypt a log group, if it is to be encrypted."""
    key = (cloudwatch_logs._log_groups.get(group) or {}).get("kmsKeyId")
    region = get_region()
    arn = f"arn:aws:logs:{region}:{get_account_id()}:log-group:{group}"
    service = f"logs.{region}.amazonaws.com"
    return service_may_use(service, LOG_NEEDS, key, {"aws:logs:arn": arn})


def service_may_use(
    service: str, actions: Iterable[str], key: str | None, encrypts: Mapping[str, str]
) -> bool:
    """Tell whether a service may use the key, an ID or ARN, if there is one, in its own name.

    ``encrypts`` is the encryption context, which says what is encrypted.
    """
    if not key:
        return True
    arn, policy = key_policy(key)
    context = {f"kms:EncryptionContext:{name}": value for name, value in encrypts.items()}
    decided = [
        trace.lets_service(service, action, arn, policy, context=context) for action in actions
    ]
    return all(decided)
