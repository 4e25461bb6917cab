"""From a template object to the bytes that are committed and deployed."""

import json
from typing import Any

from troposphere import Template

# CloudFormation API Reference, CreateStack, TemplateBody. A larger one needs a bucket first.
MAXIMUM_BYTES = 51_200

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
# Objects above this depth have a line for each entry: sections, their entries, and the
# properties of a resource. So a change shows as the lines it concerns. There is no
# indentation: those spaces are better spent on code.
DEPTHS = {"Resources": 4}
DEFAULT_DEPTH = 2


class TemplateTooLargeError(ValueError):
    """The template could not be handed to CloudFormation directly."""


def render(template: Template) -> bytes:
    """Return the template as JSON, the sections in the order people read them.

    Nothing depends on time, machine or Python version: same template, same bytes.

    Raises:
        TemplateTooLargeError: It has more than 51,200 bytes.
        ValueError: A resource lacks a required property, or a section is unknown.
    """
    content = template.to_dict()
    unknown = content.keys() - set(SECTIONS)
    if unknown:
        raise ValueError(f"sections without a place in the template: {', '.join(unknown)}")
    sections = (
        f"{json.dumps(name)}:{spread(content[name], DEPTHS.get(name, DEFAULT_DEPTH))}"
        for name in SECTIONS
        if name in content
    )
    rendered = ("{\n" + ",\n".join(sections) + "\n}\n").encode()
    if len(rendered) > MAXIMUM_BYTES:
        raise TemplateTooLargeError(
            f"the template has {len(rendered)} bytes, CloudFormation takes {MAXIMUM_BYTES} "
            "directly; shorten the inline code or the descriptions"
        )
    return rendered


def spread(value: Any, depth: int) -> str:
    """Return JSON in which objects above ``depth`` have a line for each entry."""
    if depth <= 1 or not isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"))
    entries = (f"{json.dumps(name)}:{spread(item, depth - 1)}" for name, item in value.items())
    return "{\n" + ",\n".join(entries) + "\n}"
