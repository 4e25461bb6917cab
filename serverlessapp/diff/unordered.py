"""Lists whose order means nothing to a resource type."""

from collections.abc import Mapping
from typing import Any

from serverlessapp.template import schemas
from serverlessapp.template.values import Choice, canonical, same

Schema = Mapping[str, Any]


def differs(resource_type: str, name: str, old: Any, new: Any) -> bool:
    """Tell whether two values of a property differ in more than an order that means nothing."""
    return not same(old, new) and not same(
        *(sort(resource_type, name, value) for value in (old, new))
    )


def sort(resource_type: str, name: str, value: Any) -> Any:
    """Return the value of a property, sorted where the order of a list is not honoured.

    Source: README of cloudformation-resource-schema, "insertionOrder": whether order is honoured
    when CloudFormation looks for a difference; it is, unless this is false. A change set may
    list the resource nevertheless, and for a few types the schema is known to be wrong
    (AWS::SSMContacts::Plan, Stages), so another order is a change, if a harmless one.
    """
    try:
        schema = schemas.schema(resource_type)
    except schemas.UnknownTypeError:
        return value
    return sorted_by(schema, schema["properties"].get(name, {}), value)


def sorted_by(schema: Schema, definition: Schema, value: Any) -> Any:
    """Return a value sorted as its definition in a schema allows."""
    while "$ref" in definition:
        _, *path = definition["$ref"].split("/")
        definition = schema
        for key in path:
            definition = definition.get(key, {})
    if isinstance(value, Choice):
        then, otherwise = (
            sorted_by(schema, definition, branch) for branch in (value.then, value.otherwise)
        )
        return Choice(value.condition, then, otherwise)
    if isinstance(value, list):
        items = [sorted_by(schema, definition.get("items", {}), item) for item in value]
        return items if definition.get("insertionOrder", True) else sorted(items, key=canonical)
    if isinstance(value, dict):
        inner = definition.get("properties", {})
        return {key: sorted_by(schema, inner.get(key, {}), item) for key, item in value.items()}
    return value
