"""The parameters that a template is launched with."""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from serverlessapp.errors import OperatorError
from serverlessapp.template.values import scalar

Json = Mapping[str, Any]

SSM = "AWS::SSM::Parameter::Value<"


class ParameterError(OperatorError):
    """There is no such parameter, or it does not take its value."""


def pairs(texts: Collection[str], option: str = "--parameter") -> dict[str, str]:
    """Return names and values, from what an option was given as ``NAME=VALUE``.

    Raises:
        ParameterError: One has no ``=``.
    """
    if wrong := [text for text in texts if "=" not in text]:
        raise ParameterError(f"{option} {wrong[0]}: write NAME=VALUE")
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
        ParameterError: A value is not accepted, or there is no such parameter.
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


def is_secret(definition: Json) -> bool:
    """Tell whether CloudFormation shows nobody a parameter's value."""
    return scalar(definition.get("NoEcho", False)).lower() == "true"


def check(definitions: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """Refuse values for which there is no parameter, or one that does not accept them."""
    if unknown := sorted(given.keys() - definitions.keys()):
        has = ", ".join(definitions) or "none"
        raise ParameterError(f"the template has no parameter {', '.join(unknown)}; it has {has}")
    for name, value in given.items():
        if not accepts(definitions[name], value):
            constraint = definitions[name].get("ConstraintDescription", "see its constraints")
            raise ParameterError(f"parameter {name}={value!r}: {constraint}")


def accepts(definition: Json, value: str) -> bool:
    """Tell whether CloudFormation would take a value for a parameter, as far as can be told.

    Source: CloudFormation Template Reference, "Parameters".
    """
    is_number = definition.get("Type") == "Number"
    try:
        allowed = [scalar(item) for item in definition.get("AllowedValues", [value])]
        size, bound = (float(value), "Value") if is_number else (len(value), "Length")
        lowest, highest = (float(definition.get(f"{end}{bound}", size)) for end in ("Min", "Max"))
        return (
            value in allowed
            and lowest <= size <= highest
            and bool(re.fullmatch(definition.get("AllowedPattern", "(?s).*"), value))
        )
    except (TypeError, ValueError, re.error):  # constraints that are none, or of Java alone
        return not is_number
