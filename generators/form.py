"""The form that the console shows: parameters in groups, each with a label."""

from collections.abc import Callable
from typing import Any

from troposphere import Equals, Not, Parameter, Ref, Template

INTERFACE = "AWS::CloudFormation::Interface"
# ``ask`` for one group of one template: label, name and properties.
Ask = Callable[..., Parameter]


def ask(template: Template, group: str, label: str, title: str, **properties: Any) -> Parameter:
    """Add a parameter, text unless its properties say otherwise, with its place in the form.

    Groups, and the fields in them, are shown in the order in which they are asked for.

    Source: CloudFormation User Guide, "AWS::CloudFormation::Interface".

    Raises:
        ValueError: The template has a parameter of this name.
    """
    parameter = template.add_parameter(Parameter(title, **{"Type": "String", **properties}))
    interface = template.metadata.setdefault(
        INTERFACE, {"ParameterGroups": [], "ParameterLabels": {}}
    )
    groups = interface["ParameterGroups"]
    if not groups or groups[-1]["Label"] != {"default": group}:
        groups.append({"Label": {"default": group}, "Parameters": []})
    groups[-1]["Parameters"].append(title)
    interface["ParameterLabels"][title] = {"default": label}
    return parameter


def given(parameter: Parameter) -> Not:
    """Return the condition that an optional parameter has a value."""
    return Not(Equals(Ref(parameter), ""))
