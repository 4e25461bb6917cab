"""Properties are what the published schema of their resource type says.

CloudFormation validates a resource against its type's schema before it calls the handler
(CloudFormation CLI User Guide, "Resource type definition schema"), and not every type is in every
Region; a Region of which nothing is published is taken to have all. ministack has all types
everywhere, ignores properties that it does not know, and takes most values.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from ministack.core.responses import get_region
from ministack.services.cloudformation import provisioners

from local.validation.resources import Properties, refuses
from serverlessapp.template import schemas

# Their properties are whatever the provider, the function of a custom resource, takes.
UNPUBLISHED = ("Custom::", "AWS::CloudFormation::")
OWN_TAGS = "aws:cloudformation:"


@refuses()
def mistakes(resource_type: str, properties: Properties) -> Iterator[str]:
    """Yield what a schema does not allow, in CloudFormation's form: ``#/Path: why``."""
    if resource_type.startswith(UNPUBLISHED):
        return
    try:
        allowed = validator(resource_type, get_region())
    except schemas.UnknownTypeError:
        yield f"Template format error: Unrecognized resource types: [{resource_type}]"
        return
    for name in properties.keys() & read_only(resource_type):
        yield f"#: extraneous key [{name}] is not permitted"
    for error in allowed.iter_errors(own(resource_type, properties)):
        yield f"#/{'/'.join(map(str, error.path))}: {error.message}"


def own(resource_type: str, properties: Properties) -> Properties:
    """Return properties without CloudFormation's own tags, and tags in the form of the schema.

    ministack adds them first, for some types in a form that the type does not have.
    """
    name, _ = provisioners._STACK_TAG_PROPERTY.get(resource_type, ("", ""))
    tags = properties.get(name)
    if isinstance(tags, dict):
        tags = {key: value for key, value in tags.items() if not key.startswith(OWN_TAGS)}
        if schemas.schema(resource_type)["properties"][name].get("type") == "array":
            tags = [{"Key": key, "Value": value} for key, value in tags.items()]
    elif isinstance(tags, list):
        tags = [tag for tag in tags if not str(tag.get("Key")).startswith(OWN_TAGS)]
    rest = {key: value for key, value in properties.items() if key != name}
    return {**rest, name: tags} if tags else rest


@cache
def read_only(resource_type: str) -> frozenset[str]:
    """Return the properties that only the service sets."""
    pointers = schemas.schema(resource_type).get("readOnlyProperties", ())
    return frozenset(name.removeprefix("/properties/") for name in pointers)


@cache
def validator(resource_type: str, region: str) -> Any:
    """Return cfn-lint's validator, which converts values as CloudFormation does: "1" is 1.

    Raises:
        UnknownTypeError: The Region has no such resources.
    """
    # Half a second and 70 MB, for those emulators alone that get a stack.
    from cfnlint.jsonschema import CfnTemplateValidator

    if region not in schemas.regions():
        region = schemas.REGION
    made = CfnTemplateValidator(schemas.schema(resource_type, region))
    return made.evolve(context=made.context.evolve(strict_types=False))
