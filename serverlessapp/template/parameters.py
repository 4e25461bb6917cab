"""A template's file, and the parameters it is launched with."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from serverlessapp.errors import OperatorError
from serverlessapp.template import reading
from serverlessapp.template.reading import TemplateError
from serverlessapp.template.values import scalar

Json = Mapping[str, Any]

SSM = "AWS::SSM::Parameter::Value<"


class ModelError(OperatorError):
    """A template, a parameter or a buildspec that cannot be understood."""


def read(path: Path) -> Json:
    """Return a template.

    Raises:
        ModelError: It cannot be read, or is not a template.
    """
    try:
        content = reading.read(path).content
    except TemplateError as error:
        raise ModelError(str(error)) from error
    if not isinstance(content.get("Resources"), dict):
        raise ModelError(f"{path} is no CloudFormation template: it has no Resources")
    return content


def pairs(texts: Collection[str]) -> dict[str, str]:
    """Return names and values of parameters, from ``NAME=VALUE``.

    Raises:
        ModelError: One has no ``=``.
    """
    if wrong := [text for text in texts if "=" not in text]:
        raise ModelError(f"--parameter {wrong[0]}: write NAME=VALUE")
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


def referred(
    template: Json, texts: Mapping[str, str], resolved: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """Return what ``Ref`` gives for parameters with these values; unknown ones are left out.

    Args:
        template: What its ``Parameters`` say.
        texts: Values by name, as CloudFormation is given them.
        resolved: What the key stands for that an ``AWS::SSM::Parameter::Value`` has as its value.
    """
    given: dict[str, Any] = {}
    for name, text in texts.items():
        kind = str(template.get("Parameters", {}).get(name, {}).get("Type", "String"))
        if kind.startswith(SSM):
            if name not in resolved:
                continue
            text = resolved[name]
        kind = kind.removeprefix(SSM)
        is_list = kind.startswith(("CommaDelimitedList", "List<"))
        given[name] = [item.strip() for item in text.split(",")] if is_list else text
    return given


def values(template: Json, given: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each parameter that has one: given, or its default.

    Raises:
        ModelError: A value is not accepted, or there is no such parameter.
    """
    definitions = template.get("Parameters", {})
    check(definitions, given)
    return {**defaults(definitions), **given}


def defaults(definitions: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of the parameters that have one without being given any."""
    return {
        name: scalar(definition["Default"])
        for name, definition in definitions.items()
        if "Default" in definition
    }


def check(definitions: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """Refuse values for which there is no parameter, or one that does not accept them.

    Raises:
        ModelError: Always then.
    """
    if unknown := sorted(given.keys() - definitions.keys()):
        raise ModelError(f"the template has no parameter {', '.join(unknown)}")
    for name, value in given.items():
        if not accepts(definitions[name], value):
            constraint = definitions[name].get("ConstraintDescription", "see its constraints")
            raise ModelError(f"parameter {name}={value!r}: {constraint}")


def accepts(definition: Json, value: str) -> bool:
    """Tell whether CloudFormation would take a value for a parameter, as far as can be told."""
    try:
        allowed = [scalar(item) for item in definition.get("AllowedValues", [value])]
        shortest, longest = definition.get("MinLength", 0), definition.get("MaxLength", len(value))
        return (
            value in allowed
            and int(shortest) <= len(value) <= int(longest)
            and bool(re.fullmatch(definition.get("AllowedPattern", "(?s).*"), value))
        )
    except (TypeError, ValueError, re.error):  # constraints that are none, or of Java alone
        return True
