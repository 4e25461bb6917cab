"""Policies name principals and policies that exist, and are not too large.

* IAM User Guide, "AWS JSON policy elements: Principal", and AWS re:Post, "How do I resolve the AWS
  KMS key policy error 'Policy contains a statement with one or more invalid principals'?": a
  service keeps the unique ID of a principal, so there has to be one.
* IAM API Reference, "AttachRolePolicy" and "PutRolePermissionsBoundary", NoSuchEntity.
* IAM User Guide, "IAM and AWS STS quotas", where white space does not count.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import iam

from local.validation.resources import Properties, refuses

ROLE = "AWS::IAM::Role"
# Resource type -> property with a policy, and how many characters it may have.
QUOTAS = {
    ROLE: ("AssumeRolePolicyDocument", 2048),
    "AWS::IAM::ManagedPolicy": ("PolicyDocument", 6144),
    "AWS::KMS::Key": ("KeyPolicy", 32768),
    "AWS::S3::BucketPolicy": ("PolicyDocument", 20480),
}
INLINE = 10240  # all of one role together


@refuses()
def principals(_: str, properties: Properties) -> Iterator[str]:
    """Refuse roles and users of this account that do not exist."""
    account = f":iam::{get_account_id()}:"
    entities = {"role": iam._roles, "user": iam._users}
    for arn in named(properties):
        kind, _, path = arn.partition(account)[2].partition("/")
        if kind in entities and path.rpartition("/")[2] not in entities[kind]:
            yield f'Invalid principal in policy: "AWS":"{arn}"'


def named(value: Any) -> Iterator[str]:
    """Yield what the policies inside a value name as ``Principal``, ``AWS``."""
    value = document(value)
    if isinstance(value, Mapping):
        principal = value.get("Principal")
        arns = principal.get("AWS", []) if isinstance(principal, Mapping) else []
        # An account may be a number.
        yield from map(str, arns if isinstance(arns, list) else [arns])
    if isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from named(item)


@refuses(ROLE)
def attached(_: str, properties: Properties) -> Iterator[str]:
    """Refuse managed policies of this account that do not exist."""
    boundary = properties.get("PermissionsBoundary")
    for arn in [*properties.get("ManagedPolicyArns", []), *([boundary] if boundary else [])]:
        if ":iam::aws:" not in arn and not iam._policy_exists(arn):
            yield f"Policy {arn} does not exist or is not attachable."


@refuses(*QUOTAS)
def quota(resource_type: str, properties: Properties) -> Iterator[str]:
    name, limit = QUOTAS[resource_type]
    if name in properties and size(properties[name]) > limit:  # a key has one of its own
        yield f"{name}: Cannot exceed quota for PolicySize: {limit}"


@refuses(ROLE, "AWS::IAM::Policy")
def inline(resource_type: str, properties: Properties) -> Iterator[str]:
    """Refuse more than a role may have of its own."""
    policies = properties.get("Policies", []) if resource_type == ROLE else [properties]
    own = {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies}
    for role in properties.get("Roles", [""]):
        others = (iam._roles.get(role) or {}).get("InlinePolicies", {})
        if sum(map(size, {**others, **own}.values())) > INLINE:
            yield f"Maximum policy size of {INLINE} bytes exceeded for role {role}".rstrip()


def document(value: Any) -> Any:
    """Return a policy that is written as a text; anything else as it is."""
    if not isinstance(value, str) or '"Statement"' not in value:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value  # some other text


def size(policy: Any) -> int:
    """Return how many characters of a policy count."""
    parsed = json.loads(policy) if isinstance(policy, str) else policy
    return len(json.dumps(parsed, separators=(",", ":"), ensure_ascii=False))
