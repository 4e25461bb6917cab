"""What CloudFormation calls to create, read, update or delete a resource.

From the permissions in the published handlers of its type (CloudFormation CLI User Guide, "Resource
type schema", ``handlers``), less those of features that the resource does not use.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pipeline.derivation.features import FEATURES, UNPUBLISHED
from serverlessapp.template import published
from serverlessapp.template.schemas import schema

# What CloudFormation does to a resource of a stack; it lists none.
OPERATIONS = ("create", "read", "update", "delete")
CUSTOM = "Custom::"

Properties = Mapping[str, Any]


def actions(resource_type: str, properties: Properties, operation: str) -> list[str]:
    """Return the actions an operation takes, like ``s3:CreateBucket``, sorted.

    Args:
        resource_type: For example ``AWS::S3::Bucket``.
        properties: As the template or the resource has them; ``Fn::If`` counts with both branches.
        operation: One of ``OPERATIONS``.

    Raises:
        UnknownTypeError: CloudFormation has no such type.
    """
    if resource_type.startswith(CUSTOM):
        return [] if operation == "read" else ["lambda:InvokeFunction"]
    handler = schema(resource_type).get("handlers", {}).get(operation, {})
    found = {
        action
        for action in handler.get("permissions", [])
        # Some that are published are the names of API operations, and no permissions.
        if published.action(action) and is_called(resource_type, properties, operation, action)
    }
    if operation in ("create", "update"):
        for path, unpublished in UNPUBLISHED.get(resource_type, {}).items():
            found |= set(unpublished) if is_set(properties, path) else set()
    return sorted(found)


def is_called(resource_type: str, properties: Properties, operation: str, action: str) -> bool:
    """Tell whether the operation calls the action, or only could for other properties.

    CloudFormation reads a resource whole, so what reads it in its own service is always called.
    """
    service = resource_type.split("::")[1].lower()
    if operation == "read" and action.startswith(f"{service}:"):
        return True
    features = [
        path
        for path, patterns in FEATURES.get(resource_type, {}).items()
        if any(fnmatchcase(action, pattern) for pattern in patterns)
    ]
    return not features or any(is_set(properties, path) for path in features)


def is_set(properties: Properties, path: str) -> bool:
    """Tell whether a property, like ``Code.S3Bucket``, has a value in some branch."""
    return any(True for _ in values(properties, path))


def values(properties: Any, path: str) -> Iterator[Any]:
    """Yield what a property can be: one value for each branch of ``Fn::If``."""
    if isinstance(properties, dict) and "Fn::If" in properties:
        for branch in properties["Fn::If"][1:]:
            yield from values(branch, path)
    elif not path:
        if properties != {"Ref": "AWS::NoValue"}:
            yield properties
    else:
        name, _, rest = path.partition(".")
        if isinstance(properties, dict) and name in properties:
            yield from values(properties[name], rest)
