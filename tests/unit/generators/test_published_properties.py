"""Our properties, compared with the resource schemas that CloudFormation publishes.

troposphere's classes lag and clash (4.11.1 lost two properties we use); a property it lets
through must exist, and a type that can be tagged must be tagged.
"""

from typing import Any

import pytest

from generators.cleanup import DELETED_WITH_STACK
from generators.options import SENDS_EVENTS
from serverlessapp.partitions import supported
from serverlessapp.template.schemas import Schema, digests, regions, schema

TemplateDict = dict[str, Any]

TAGS = [
    {"Key": "Environment", "Value": {"Ref": "EnvironmentSuffix"}},
    {"Key": "Owner", "Value": "TAP"},
    {"Key": "Project", "Value": "ServerlessApp"},
]


def resolve(part: Schema, root: Schema) -> Schema:
    while "$ref" in part:
        part = root["definitions"][part["$ref"].rsplit("/", 1)[1]]
    return part


def unknown(value: Any, part: Schema, root: Schema, path: str) -> list[str]:
    """Return the paths of properties that this part of the schema does not have."""
    part = resolve(part, root)
    if isinstance(value, dict) and len(value) == 1 and (key := next(iter(value))):
        if key == "Fn::If":
            return [p for item in value[key][1:] for p in unknown(item, part, root, path)]
        if key == "Ref" or key.startswith("Fn::"):
            return []
    if isinstance(value, list) and "items" in part:
        return [
            p
            for number, item in enumerate(value)
            for p in unknown(item, part["items"], root, f"{path}[{number}]")
        ]
    properties = part.get("properties")
    if not isinstance(value, dict) or not properties:
        return []
    return [
        p
        for name, item in value.items()
        for p in (
            unknown(item, properties[name], root, f"{path}.{name}")
            if name in properties
            else [f"{path}.{name}"]
        )
    ]


@pytest.mark.parametrize("region", sorted({*supported()} & {*regions()}))
def test_every_property_exists(ephemeral: TemplateDict, region: str) -> None:
    problems = []
    for name, resource in ephemeral["Resources"].items():
        if not resource["Type"].startswith("Custom::"):
            if resource["Type"] not in digests(region):  # a rule refuses it there
                assert resource["Condition"] == SENDS_EVENTS
                continue
            root = schema(resource["Type"], region)
            problems += unknown(resource["Properties"], root, root, name)
    assert not problems


def test_an_unknown_property_would_be_found() -> None:
    root = schema("AWS::Lambda::Function")
    wrong = {"LoggingConfig": {"LogFormatt": "JSON"}, "Tag": []}
    assert unknown(wrong, root, root, "F") == ["F.LoggingConfig.LogFormatt", "F.Tag"]


def test_everything_taggable_is_tagged(ephemeral: TemplateDict) -> None:
    tagged = 0
    for name, resource in ephemeral["Resources"].items():
        if resource["Type"].startswith("Custom::"):
            continue
        if schema(resource["Type"]).get("tagging", {}).get("taggable"):
            tags = resource["Properties"].get("Tags")
            if isinstance(tags, dict):
                tags = [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
            shared = [tag for tag in tags if tag["Key"] not in ("CodeDigest", DELETED_WITH_STACK)]
            assert shared == TAGS, name
            tagged += 1
    assert tagged > 15
