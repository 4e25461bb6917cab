"""Writes out the loops of ``AWS::LanguageExtensions``.

Source: CloudFormation Template Reference, "Fn::ForEach".
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Json, Template, TemplateError
from serverlessapp.template.values import is_scalar, scalar

EXTENSIONS = "AWS::LanguageExtensions"
LOOP = "Fn::ForEach::"
MOST = 10_000  # passes of all loops together


def transforms(template: Template) -> list[Any]:
    """Return the macros that rewrite a whole template."""
    named = template.content.get("Transform", [])
    return named if isinstance(named, list) else [named]


def written_out(evaluation: Evaluation, *, once: bool = False) -> Template:
    """Return the template without loops, whose places are then no longer those of its text.

    Args:
        evaluation: The template, and what is known of its parameters.
        once: A loop of which nobody knows what it goes through is not refused, but written out
            once, with its variable as it is; under its own name stays what it goes through.

    Raises:
        TemplateError: What a loop goes through is not known, or is too much.
    """
    template = evaluation.template
    if not template.has_macros:
        return template
    content = Writer(evaluation, once=once).write(template.content, {})
    return template if content == template.content else replace(template, content=content, text="")


class Writer:
    """Writes out loops, and counts their passes."""

    def __init__(self, evaluation: Evaluation, *, once: bool) -> None:
        self.evaluation = evaluation
        self.once = once
        self.passes = 0

    def write(self, node: Any, names: Mapping[str, str]) -> Any:
        """Return a node with its loops written out, and the names of outer loops put in."""
        if isinstance(node, str):
            return replaced(node, names)
        if isinstance(node, list):
            return [self.write(item, names) for item in node]
        if not isinstance(node, dict):
            return node
        if node.keys() == {"Ref"} and isinstance(node["Ref"], str) and node["Ref"] in names:
            return names[node["Ref"]]
        content: Json = {}
        for key, item in node.items():
            entries = (
                self.loop(key, item, names)
                if key.startswith(LOOP)
                else {replaced(key, names): self.write(item, names)}
            )
            if twice := sorted(content.keys() & entries.keys()):
                raise TemplateError(f"{key} produces {twice[0]}, which already exists")
            content |= entries
        return content

    def loop(self, key: str, argument: Any, names: Mapping[str, str]) -> Json:
        """Return what a loop gives."""
        if EXTENSIONS not in transforms(self.evaluation.template):
            raise TemplateError(f"{LOOP}... requires the transform {EXTENSIONS}")
        match argument:
            case [str() as identifier, collection, dict() as body]:
                values = self.evaluation.value(self.write(collection, names))
            case _:
                raise TemplateError(f"{key} must be [name, list, object]")
        if not isinstance(values, list) or not all(map(is_scalar, values)):
            if self.once:
                return {**self.write(body, names), key: [identifier, self.write(collection, names)]}
            raise TemplateError(f"{key} loops over an unknown value: give its parameter")
        content: Json = {}
        for value in map(scalar, values):
            self.passes += 1
            if self.passes > MOST:
                raise TemplateError(f"its loops have more than {MOST} iterations")
            entries = self.write(body, {**names, identifier: value})
            if twice := sorted(content.keys() & entries.keys()):
                raise TemplateError(f"{key} produces {twice[0]} twice")
            content |= entries
        return content


def replaced(text: str, names: Mapping[str, str]) -> str:
    """Return a text with the names of loops put in; ``&{Name}`` leaves letters and digits only."""
    for name, value in names.items():
        text = text.replace(f"${{{name}}}", value)
        text = text.replace(f"&{{{name}}}", re.sub("[^A-Za-z0-9]", "", value))
    return text
