"""What CloudFormation calls to create, read, update or delete a resource.

From the permissions in the published schema of its type (CloudFormation CLI User Guide, "Resource
type schema", ``handlers`` and ``tagging``), with the corrections to it.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pipeline.derivation.corrections import FEATURES, UNPUBLISHED
from serverlessapp.template import published
from serverlessapp.template.schemas import schema
from serverlessapp.template.values import alternatives

# What CloudFormation does to a resource of a stack; it lists none.
OPERATIONS = ("create", "read", "update", "delete")
CUSTOM = "Custom::"

Properties = Mapping[str, Any]


def actions(resource_type: str, properties: Properties, operation: str) -> list[str]:
    """Return the actions an operation takes, like ``s3:CreateBucket``, sorted.

    Args:
        resource_type: For example ``AWS::S3::Bucket``.
        properties: Evaluated, or as the resource has them; a choice counts with both branches.
        operation: One of ``OPERATIONS``.

    Raises:
        UnknownTypeError: CloudFormation has no such type.
    """
    if resource_type.startswith(CUSTOM):
        # AWS CloudFormation User Guide, "AWS Lambda-backed custom resources".
        return [] if operation == "read" else ["lambda:InvokeFunction"]
    listed = {
        name
        for permission in permissions(resource_type, operation)
        # Some that are published are the names of API operations, and no permissions.
        if (name := published.name_of(permission))
        and is_called(resource_type, properties, operation, name)
    }
    for kind, operations, unpublished, when, _ in UNPUBLISHED:
        if kind == resource_type and operation in operations and is_set(properties, when):
            listed.update(unpublished)
    return sorted(listed)


def permissions(resource_type: str, operation: str) -> Iterator[str]:
    """Yield what is published for an operation; some of it is no action that IAM knows.

    Tags are read and written with any of the handlers but that which deletes.
    """
    description = schema(resource_type)
    yield from description.get("handlers", {}).get(operation, {}).get("permissions", ())
    if operation != "delete":
        yield from description.get("tagging", {}).get("permissions", ())


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
    """Yield what a property can be: for each branch of a choice, and each item on the way."""
    for value, _ in alternatives(properties):
        if not path:
            yield value
        elif isinstance(value, list):
            for item in value:
                yield from values(item, path)
        else:
            name, _, rest = path.partition(".")
            if isinstance(value, dict) and name in value:
                yield from values(value[name], rest)
