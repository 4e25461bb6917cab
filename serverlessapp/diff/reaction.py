"""How resource types react to changes, from AWS's published schemas."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from serverlessapp.diff.model import Replaced
from serverlessapp.diff.statements import text
from serverlessapp.template import schemas
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.reading import TRANSFORM
from serverlessapp.template.values import (
    Choice,
    Guards,
    Text,
    Unknown,
    alternatives,
    canonical,
    is_scalar,
    same,
)

# Attributes by which resources are known, whatever the type calls its primary identifier.
IDENTITIES = {"", "Arn", "Id"}
CUSTOM = "AWS::CloudFormation::CustomResource"  # another name for Custom::...
# What is documented otherwise than the schemas say: these need some interruptions, or none.
# CloudFormation Template Reference, the types' pages.
OF_DATABASES = ("AutoMinorVersionUpgrade", "DBParameterGroupName", "PreferredMaintenanceWindow")
IN_PLACE = {
    "AWS::Neptune::DBInstance": OF_DATABASES,
    "AWS::RDS::DBInstance": (
        *OF_DATABASES,
        *("BackupRetentionPeriod", "MultiAZ", "PerformanceInsightsKMSKeyId"),
    ),
}
# What replaces the resource unless its update policy has this. CloudFormation Template Reference,
# "UpdatePolicy attribute".
BY_POLICY = {
    ("AWS::ElastiCache::ReplicationGroup", "NodeGroupConfiguration"): "UseOnlineResharding",
    ("AWS::ElastiCache::ReplicationGroup", "NumNodeGroups"): "UseOnlineResharding",
    ("AWS::Elasticsearch::Domain", "ElasticsearchVersion"): "EnableVersionUpgrade",
    ("AWS::OpenSearchService::Domain", "EngineVersion"): "EnableVersionUpgrade",
}

Schema = Mapping[str, Any]


class Reaction:
    """What the schemas say."""

    def replacement(self, resource: Resource, name: str, old: Any, new: Any) -> Replaced:
        """Tell whether another value of a property replaces a resource with its update policy."""
        known = self.replaces(resource.type, name, old, new)
        spared = BY_POLICY.get((resource.type, name))
        policy = resource.attributes.get("UpdatePolicy", {})
        value = policy.get(spared, False) if isinstance(policy, dict) else policy
        if spared is None or text(value).lower() == "true":
            return known
        return Replaced.YES if is_scalar(value) else Replaced.MAYBE

    def replaces(self, resource_type: str, name: str, old: Any, new: Any) -> Replaced:
        """Tell whether another value of a property replaces the resource, whatever its policy.

        Source: resource type definition schema, ``createOnlyProperties`` ("can be set by users
        only during creation") and ``conditionalCreateOnlyProperties``. A type without a schema,
        a custom resource for example, decides by itself; what a macro brings, nobody sees.

        The property is one of the first level; a value that is not there is None.
        """
        try:
            schema = schemas.schema(resource_type)
        except schemas.UnknownTypeError:
            return Replaced.MAYBE
        if name == TRANSFORM or resource_type == CUSTOM:
            return Replaced.MAYBE
        if name in IN_PLACE.get(resource_type, ()):
            return Replaced.NO
        definition = schema["properties"].get(name, {})
        old, new = (ordered(schema, definition, value) for value in (old, new))
        replacement = Replaced.NO
        for key, certain in (
            ("createOnlyProperties", Replaced.YES),
            ("conditionalCreateOnlyProperties", Replaced.MAYBE),
        ):
            for pointer in schema.get(key) or ():
                _, _, first, *rest = pointer.split("/")
                if first == name:
                    replacement = max(replacement, min(certain, difference(old, new, rest)))
        return replacement

    def keeps(self, resource_type: str, attribute: str) -> bool:
        """Tell whether an attribute stays the same when the resource changes in place.

        What identifies a resource does, and what cannot be set again.
        """
        if attribute in IDENTITIES:
            return True
        try:
            schema = schemas.schema(resource_type)
        except schemas.UnknownTypeError:
            return False
        keys = ("primaryIdentifier", "createOnlyProperties")
        return any(f"/properties/{attribute}" in (schema.get(key) or ()) for key in keys)


def ordered(schema: Schema, definition: Schema, value: Any) -> Any:
    """Return a value, sorted where the order of a list is not honoured.

    Source: README of cloudformation-resource-schema, "insertionOrder": whether order is honoured
    when CloudFormation looks for a difference; it is, unless this is false. A change set may
    list the resource nevertheless, and for a few types the schema is known to be wrong
    (AWS::SSMContacts::Plan, Stages), so another order is a change, if a harmless one.
    """
    while "$ref" in definition:
        _, *path = definition["$ref"].split("/")
        definition = schema
        for key in path:
            definition = definition.get(key, {})
    if isinstance(value, Choice):
        branches = (ordered(schema, definition, item) for item in (value.then, value.otherwise))
        return Choice(value.condition, *branches)
    if isinstance(value, list):
        items = [ordered(schema, definition.get("items", {}), item) for item in value]
        return items if definition.get("insertionOrder", True) else sorted(items, key=canonical)
    if isinstance(value, dict):
        inner = definition.get("properties", {})
        return {key: ordered(schema, inner.get(key, {}), item) for key, item in value.items()}
    return value


def difference(old: Any, new: Any, path: Sequence[str]) -> Replaced:
    """Tell whether two values differ at a path; what is not known on the way may hide it."""
    before, after = list(at(old, path)), list(at(new, path))
    if same(before, after):
        return Replaced.NO
    return Replaced.MAYBE if path and (hides(old, path) or hides(new, path)) else Replaced.YES


def at(value: Any, path: Sequence[str], guards: Guards = ()) -> Iterator[tuple[Any, Guards]]:
    """Yield the values at a path, and when each is there; ``*`` is every item of a list."""
    for alternative, around in alternatives(value, guards) if path else [(value, guards)]:
        if not path or isinstance(alternative, Unknown | Text):
            yield alternative, around
        elif path[0] == "*" and isinstance(alternative, list):
            for item in alternative:
                yield from at(item, path[1:], around)
        elif isinstance(alternative, dict) and path[0] in alternative:
            yield from at(alternative[path[0]], path[1:], around)
        elif isinstance(alternative, dict) and TRANSFORM in alternative:
            yield alternative[TRANSFORM], around


def hides(value: Any, path: Sequence[str]) -> bool:
    """Tell whether something on the way of a path is a choice, or not known."""
    if not path:
        return False
    if isinstance(value, Choice | Unknown | Text):
        return True
    if isinstance(value, list) and path[0] == "*":
        return any(hides(item, path[1:]) for item in value)
    return isinstance(value, dict) and (TRANSFORM in value or hides(value.get(path[0]), path[1:]))
