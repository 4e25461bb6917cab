"""Reads a template from YAML or JSON, as CloudFormation does.

The result is what the template says in JSON: ``!GetAtt A.B`` is ``{"Fn::GetAtt": ["A", "B"]}``.

YAML is read from PyYAML's nodes and not by one of its constructors: those keep the last of two
equal keys, and make dates, octal numbers and ``yes`` into something else than text.
"""

import json
import re
from typing import Any

import yaml

Json = dict[str, Any]

LOADER = yaml.CSafeLoader
MERGE = "tag:yaml.org,2002:merge"
# Their long form has no "Fn::" (CloudFormation Template Reference, "Intrinsic functions").
WITHOUT_PREFIX = ("Ref", "Condition")
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]*[1-9]")
CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
DEEPEST = 200  # levels; far more than a template has, far fewer than Python can go


class TemplateError(Exception):
    """What was read is no template; the message says why and, where it is known, in which line."""


def load(text: str | bytes) -> Json:
    """Return the content of a template.

    Args:
        text: YAML or JSON; as bytes in UTF-8, with or without a byte order mark.

    Raises:
        TemplateError: It is neither, has a key twice, or is no object.
    """
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise TemplateError(f"it is not UTF-8: {error.reason} at byte {error.start}") from error
    content = from_json(decoded) if decoded.lstrip().startswith("{") else from_yaml(decoded)
    if not isinstance(content, dict):
        raise TemplateError("a template is an object with sections such as Resources")
    return content


def from_json(text: str) -> Any:
    """Return the content of JSON."""

    def unique(pairs: list[tuple[str, Any]]) -> Json:
        content = dict(pairs)
        if len(content) < len(pairs):
            names = [name for name, _ in pairs]
            raise TemplateError(f"the key {max(names, key=names.count)} is there twice")
        return content

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise TemplateError(f"it is not JSON: {error.msg} in line {error.lineno}") from error
    except RecursionError as error:
        raise TemplateError(f"it is nested more than {DEEPEST} levels deep") from error


def from_yaml(text: str) -> Any:
    """Return the content of YAML."""
    try:
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise TemplateError(f"it is not YAML: {problem}{where}") from error
    return value_of(node) if node else None


def value_of(node: yaml.Node, depth: int = 0) -> Any:
    """Return what a node says, intrinsic functions in their long form."""
    if depth > DEEPEST:
        raise TemplateError(f"it is nested more than {DEEPEST} levels deep")
    if node.tag.startswith("!"):
        name = node.tag.removeprefix("!")
        name = name if name in WITHOUT_PREFIX else f"Fn::{name}"
        argument = plain(node, depth)
        if name == "Fn::GetAtt" and isinstance(argument, str):
            argument = argument.split(".", 1)
        return {name: argument}
    return plain(node, depth)


def plain(node: Any, depth: int) -> Any:
    """Return what a node says, without its tag."""
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item, depth + 1) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        content: Json = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise TemplateError(f"the key in line {line} is no text")
            if key.tag == MERGE:
                raise TemplateError(f"it merges keys in line {line}: CloudFormation does not")
            if key.value in content:
                raise TemplateError(f"the key {key.value} is there twice, again in line {line}")
            content[key.value] = value_of(value, depth + 1)
        return content
    return scalar(node.value, is_text=bool(node.style) or node.tag.startswith("!"))


def scalar(text: str, *, is_text: bool) -> Any:
    """Return a scalar: text, unless it is written as JSON would write another type.

    What YAML 1.1 takes for something else than JSON does (``yes``, ``010``, ``1.10``, a date)
    stays the text that it is. What CloudFormation makes of such a value is not documented.
    """
    if is_text:
        return text
    if text.lower() in CONSTANTS:
        return CONSTANTS[text.lower()]
    if INTEGER.fullmatch(text):
        return int(text)
    if FLOAT.fullmatch(text):
        return float(text)
    return text
