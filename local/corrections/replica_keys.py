"""Makes replicas of multi-Region keys, which ministack does when asked, but not for a stack.

AWS KMS Developer Guide, "Multi-Region keys in AWS KMS": a replica has the ID of its primary, and a
policy of its own. CloudFormation's type is ``AWS::KMS::ReplicaKey``.
"""

import json
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import kms
from ministack.services.cloudformation import provisioners

from local.replacements import HANDLERS, replaces

KIND, PRIMARY = "AWS::KMS::ReplicaKey", "AWS::KMS::Key"


@replaces(*HANDLERS)
def with_replicas(handlers: dict[str, Any]) -> dict[str, Any]:
    """Add the resource type; once it is made, a replica is updated and deleted as any key."""
    handlers[KIND] = {**handlers[PRIMARY], "create": create}
    return handlers


def create(title: str, properties: dict[str, Any], _: str) -> tuple[str, dict[str, str]]:
    """Return the ID of a new replica in this Region, and its attributes."""
    primary, region = properties["PrimaryKeyArn"], get_region()
    # ReplicateKey is asked in the primary's Region, of a key of the caller's account.
    with request_scope(get_account_id(), primary.split(":")[3]):
        status, _headers, body = kms._replicate_key(
            {
                **provisioners._kms_create_key_payload({**properties, "MultiRegion": True}),
                "KeyId": primary,
                "ReplicaRegion": region,
            }
        )
    if status != 200:
        raise ValueError(f"{KIND} {title}: {json.loads(body)['message']}")
    replica = kms._resolve_key(primary.rpartition("/")[2])
    return replica["KeyId"], provisioners._kms_key_attrs(replica)
