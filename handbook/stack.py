"""What the template says: form, outputs, and alarms with what to do."""

from html import escape
from typing import Any

from handbook.documents import parts
from handbook.html import folded, markdown, section, table
from serverlessapp.template.values import Json


def parameters(template: Json) -> str:
    """Return the form, in the groups of CloudFormation's console."""
    form = template["Metadata"]["AWS::CloudFormation::Interface"]
    tables = []
    for group in form["ParameterGroups"]:
        rows = [
            (
                escape(form["ParameterLabels"][name]["default"]),
                f"<code>{name}</code>",
                default(template["Parameters"][name]),
                escape(
                    f"{template['Parameters'][name]['Description']} "
                    f"It {template['Parameters'][name]['ConstraintDescription']}."
                ),
            )
            for name in group["Parameters"]
        ]
        tables.append(table(group["Label"]["default"], ("Field", "Name", "Default", "What"), rows))
    return section("parameters", "Parameters", *tables)


def default(parameter: dict[str, Any]) -> str:
    """Return a parameter's default, or that it is empty."""
    value = str(parameter["Default"])
    return f"<code>{escape(value)}</code>" if value else "empty"


def outputs(template: Json) -> str:
    """Return the outputs; others import each as ``STACK-NAME``."""
    rows = [
        (f"<code>{name}</code>", escape(output["Description"]))
        for name, output in template["Outputs"].items()
    ]
    caption = "Outputs, each exported as the stack's name, a hyphen and its own"
    return section("outputs", "Outputs", table(caption, ("Output", "What"), rows))


def alarms(template: Json, runbook: str) -> str:
    """Return each alarm with its part of the runbook, or else with its own description.

    Args:
        template: The application's.
        runbook: Content of ``docs/operations.md``; empty: there is none.
    """
    written = parts(runbook)
    names = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    first = [name for name in ("Before you begin", "Look first") if name in written]
    entries = [folded(escape(name), markdown(written[name], name, names)) for name in first]
    for name in names:
        description = template["Resources"][name]["Properties"]["AlarmDescription"]
        advice = markdown(written.get(name, ""), name, names)
        summary = f"<strong>{name}</strong> {escape(description)}"
        entries.append(folded(summary, advice, name))
    return section("alarms", "Alarms and what to do", *entries)
