"""From a template object to the bytes that are committed and deployed."""

from typing import Any

import yaml
from troposphere import Template

# CloudFormation takes 1 MB from a bucket, CodePipeline's action for it 512 KB (ADR 20). Below both,
# with room for what a later version adds.
MAXIMUM_BYTES = 475_000
WIDTH = 100  # columns, for texts that can be folded
LINE = 80  # characters that a function takes in one line at most

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)
# What a resource is, why, and what becomes of it, before how it is set up.
ATTRIBUTES = (
    *("Type", "Condition", "Metadata", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"),
    "Properties",
)
# CloudFormation Template Reference, "Intrinsic functions".
SHORT_FORMS = {"Ref": "!Ref", "Condition": "!Condition"} | {
    f"Fn::{name}": f"!{name}"
    for name in (
        *("And", "Base64", "Equals", "FindInMap", "GetAtt", "If", "ImportValue"),
        *("Join", "Not", "Or", "Select", "Split", "Sub"),
    )
}


class GenerationError(Exception):
    """A template cannot be made like this; the message says what to change."""


class TemplateTooLargeError(GenerationError):
    """The template could not be delivered."""


class Dumper(yaml.CSafeDumper):
    """PyYAML's fast dumper, in the style that people write templates in."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Return True: CloudFormation knows no anchors."""
        return True


def represent_text(dumper: Dumper, text: str) -> yaml.Node:
    """Write code and JSON bodies as they are, and fold long sentences."""
    style = None
    if "\n" in text:
        style = "|"
    elif len(text) > WIDTH and " " in text:
        style = ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def represent_object(dumper: Dumper, content: dict[str, Any]) -> yaml.Node:
    """Write an intrinsic function in its short form, and everything else as a mapping.

    Two tags cannot follow each other on one node, so of two nested functions (``Fn::Base64`` of
    ``Fn::Sub``) the outer one keeps its long form.
    """
    if len(content) == 1:
        ((name, argument),) = content.items()
        tag = SHORT_FORMS.get(name)
        if name == "Fn::GetAtt" and all(isinstance(part, str) for part in argument):
            argument = ".".join(argument)
        if tag and not (name == "Condition" and not isinstance(argument, str)):
            node = dumper.represent_data(argument)
            if not node.tag.startswith("!"):
                node.tag = tag
                if isinstance(node, yaml.SequenceNode):
                    # Short ones in a line: !If [A, !Ref B, c]
                    node.flow_style = has_no_mapping(node) and length(node) < LINE
                return node
    return dumper.represent_mapping("tag:yaml.org,2002:map", content.items())


def has_no_mapping(node: yaml.Node) -> bool:
    """Tell whether a node is a scalar or a list, at any depth of scalars."""
    if isinstance(node, yaml.SequenceNode):
        return all(map(has_no_mapping, node.value))
    return isinstance(node, yaml.ScalarNode)


def length(node: yaml.Node) -> int:
    """Return about how many characters a node takes in a line."""
    tag = len(node.tag) if node.tag.startswith("!") else 0
    if isinstance(node, yaml.SequenceNode):
        return tag + sum(length(item) + 2 for item in node.value)
    return tag + len(node.value)


Dumper.add_representer(str, represent_text)
Dumper.add_representer(dict, represent_object)


def render(template: Template) -> bytes:
    """Return the template as YAML, the sections in the order people read them.

    Nothing depends on time, machine or Python version: same template, same bytes.

    Raises:
        TemplateTooLargeError: It has more than 475,000 bytes.
        ValueError: A resource lacks a required property, or a section is unknown.
    """
    content = template.to_dict()
    ordered = in_order(content, SECTIONS)
    ordered["Resources"] = {
        title: in_order(resource, ATTRIBUTES) for title, resource in content["Resources"].items()
    }
    rendered: bytes = yaml.dump(
        ordered,
        Dumper=Dumper,
        default_flow_style=False,
        sort_keys=False,
        width=WIDTH,
        allow_unicode=True,
        encoding="utf-8",
    )
    if len(rendered) > MAXIMUM_BYTES:
        raise TemplateTooLargeError(
            f"the template has {len(rendered):,} bytes, and {MAXIMUM_BYTES:,} can be deployed: "
            "move processors to a stack of their own, or shorten inline code"
        )
    return rendered


def in_order(content: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return the content in the order of the names.

    Raises:
        ValueError: It has something that is not among them.
    """
    if unknown := content.keys() - set(names):
        raise ValueError(f"not assigned to a section of the template: {', '.join(sorted(unknown))}")
    return {name: content[name] for name in names if name in content}
