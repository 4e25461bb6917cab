"""The form that the console shows: parameters in groups, each with a label."""

from troposphere import Parameter, Template

INTERFACE = "AWS::CloudFormation::Interface"


def ask(template: Template, group: str, label: str, parameter: Parameter) -> Parameter:
    """Add a parameter to the template and to its form, and return it.

    Groups, and the fields in them, are shown in the order in which they are asked for.

    Source: CloudFormation User Guide, "AWS::CloudFormation::Interface".

    Raises:
        ValueError: The template has a parameter of this name.
    """
    template.add_parameter(parameter)
    interface = template.metadata.setdefault(
        INTERFACE, {"ParameterGroups": [], "ParameterLabels": {}}
    )
    groups = interface["ParameterGroups"]
    if not groups or groups[-1]["Label"] != {"default": group}:
        groups.append({"Label": {"default": group}, "Parameters": []})
    groups[-1]["Parameters"].append(parameter.title)
    interface["ParameterLabels"][parameter.title] = {"default": label}
    return parameter
