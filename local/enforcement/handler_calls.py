"""What CloudFormation asks other services while it works on a resource: action, resource, context.

The actions come from ``pipeline.derivation.needs``, with the properties the resource really has;
the resources are the real ones; and the condition keys are those that AWS would fill in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, tagging

from local.enforcement.keys import key_of
from pipeline.derivation import names, needs, scopes
from pipeline.derivation.corrections import BEFORE_TAGS
from serverlessapp.template import published

Properties = Mapping[str, Any]

# Who calls CreateKey has to be able to change the new key's policy, without this property (AWS KMS
# API Reference, "CreateKey", Policy).
LOCKOUT, BYPASS = "kms:PutKeyPolicy", "BypassPolicyLockoutSafetyCheck"


@dataclass(frozen=True, kw_only=True)
class HandlerCall:
    """One request to a service: an action on an ARN or ``*``, under condition keys."""

    action: str
    resource: str
    context: Mapping[str, Any]


def calls(
    resource_type: str, properties: Properties, operation: str, identifier: str
) -> Iterator[HandlerCall]:
    """Yield the requests of one operation, of ``needs.OPERATIONS``, on one resource.

    All values of its properties are resolved; the identifier is its name, URL or ARN.
    """
    for action in needs.actions(resource_type, properties, operation):
        for target in targets(resource_type, properties, action, identifier):
            resource = target if published.can_be_limited(action) else "*"
            context = keys(resource_type, properties, action)
            existing = existing_tags(resource_type, properties, identifier, target)
            if ignores_tags(resource_type, properties, action, operation):
                existing = {}
            context |= tag_keys(action, properties, existing)
            yield HandlerCall(action=action, resource=resource, context=context)


def ignores_tags(resource_type: str, properties: Properties, action: str, operation: str) -> bool:
    """Tell whether the tags of a key need not count yet, since it may have been made just now.

    AWS KMS Developer Guide, "ABAC for AWS KMS": it may take five minutes.
    """
    if resource_type != "AWS::KMS::Key":
        return action.startswith("kms:")
    checked = operation == "create" and not properties.get(BYPASS)
    return action in BEFORE_TAGS or (action == LOCKOUT and checked)


def targets(
    resource_type: str, properties: Properties, action: str, identifier: str
) -> Iterator[str]:
    """Yield the ARNs of what an action is on."""
    service = action.partition(":")[0]
    link = scopes.link(resource_type, service)
    if not link:
        yield arn(resource_type, identifier)
        return
    for value in needs.values(properties, link):
        for name in value if isinstance(value, list) else [value]:
            if service == "kms" and resource_type in scopes.VIA:
                name = key_of("s3", arn("AWS::S3::Bucket", name))
                if not name:
                    continue  # S3's own key encrypts what is in the bucket
            end = f"/{properties['Code']['S3Key']}" if action == "s3:GetObject" else ""
            target = arn(scopes.TARGETS[service], name) + end
            # A connection has one of two names of its service, and takes the action of that.
            if target.split(":")[2] == service:
                yield target


def arn(resource_type: str, identifier: str) -> str:
    """Return the ARN of a resource, from its name, its URL or the ARN itself."""
    own = (resource_type, (identifier,))
    resource_type, (identifier,) = names.PART_OF.get(resource_type, own)
    if identifier.startswith("arn:"):
        return identifier.removesuffix(":*")
    name = identifier.rsplit("/", 1)[-1] if "://" in identifier else identifier
    try:
        form = Template(published.arn_of(resource_type))
    except LookupError:
        return "*"  # IAM has no such resources
    known = form.safe_substitute(Partition="aws", Region=get_region(), Account=get_account_id())
    return known[: known.index("${")] + name


def keys(resource_type: str, properties: Properties, action: str) -> dict[str, Any]:
    """Return the condition keys that depend on what is done, all but tags."""
    if action.endswith((":PassRole", ":PassConnection")):
        return {f"{action.split(':')[0]}:PassedToService": scopes.PASSED_TO[resource_type]}
    if action in scopes.GIVES_PERMISSIONS:
        is_role = resource_type == "AWS::IAM::Role"
        role = properties if is_role else iam._roles[properties["Roles"][0]]
        boundary = role.get("PermissionsBoundary")
        return {"iam:PermissionsBoundary": boundary} if boundary else {}
    if about := scopes.about(resource_type, action):
        operator, key, path = about
        found = [
            arn("AWS::Lambda::Function", item) if "Arn" in operator else item
            for value in needs.values(properties, path)
            for item in (value if isinstance(value, list) else [value])
        ]
        return {key: found[0] if len(found) == 1 else found} if found else {}
    if action.startswith("kms:") and resource_type != "AWS::KMS::Key":
        via = {"kms:ViaService": f"{scopes.via(resource_type)}.{get_region()}.amazonaws.com"}
        return via | ({"kms:GrantIsForAWSResource": "true"} if action == "kms:CreateGrant" else {})
    return {}


def existing_tags(
    resource_type: str, properties: Properties, identifier: str, target: str
) -> Mapping[str, str]:
    """Return the tags of a target; the resource's own may not be there yet."""
    if tags := tagging.resource_tags(target):
        return dict(tags)
    return requested_tags(properties) if target == arn(resource_type, identifier) else {}


def requested_tags(properties: Properties) -> dict[str, str]:
    """Return the tags in properties: a list, or for some types an object."""
    tags = properties.get("Tags", [])
    return dict(tags) if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


def tag_keys(action: str, properties: Properties, existing: Mapping[str, str]) -> dict[str, str]:
    """Return the condition keys about tags: those in the request, and those on the target."""
    about: dict[str, str] = {}
    if scopes.makes(action) or action.endswith(":TagResource"):
        requested = requested_tags(properties)
        about |= {f"aws:RequestTag/{name}": value for name, value in requested.items()}
    if not scopes.makes(action):
        about |= {f"aws:ResourceTag/{name}": value for name, value in existing.items()}
    return about
