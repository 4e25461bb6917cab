"""A pipe does what its role may, if the role trusts it, and reads with the table's key.

Amazon EventBridge User Guide, "Event source permissions for Amazon EventBridge Pipes" and
"Cross-service confused deputy prevention in Amazon EventBridge". ministack asks nobody.
"""

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import iam

from local.corrections.pipes import ASKED
from local.enforcement import trace
from local.enforcement.encryption import may_use
from local.enforcement.keys import key_of

SERVICE = "pipes.amazonaws.com"


def allowed(pipe: Mapping[str, Any], action: str, resource: str) -> bool:
    """Tell whether a pipe's role may do something; each step is decided and recorded."""
    role = iam._roles.get(pipe["RoleArn"].rpartition("/")[2]) or {}
    trusted = trace.lets_service(
        SERVICE,
        "sts:AssumeRole",
        pipe["RoleArn"],
        role.get("AssumeRolePolicyDocument"),
        context={"aws:SourceArn": pipe["Arn"], "aws:SourceAccount": get_account_id()},
        kind="trust",
    )
    if not trusted:
        return False
    session = trace.role_session(pipe["RoleArn"], pipe["Name"])
    may = trace.allows(session, action, resource, via="pipes")
    key = None
    if action == "dynamodb:GetRecords":
        key = key_of("dynamodb", resource.partition("/stream/")[0], stored=True)
    return bool(may and (not key or may_use(session, "kms:Decrypt", key, "dynamodb")))


ASKED.append(allowed)
