"""The template's parameters and outputs as Markdown tables, for the pages that show them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generators import application
from generators.dashboard import GRAPHS
from generators.form import INTERFACE
from generators.retention import Retention
from serverlessapp.processors.declaration import KEYS
from serverlessapp.processors.definition import Processor
from serverlessapp.template.parameters import Json


def template() -> Json:
    """Return the application's template as it would be written now."""
    return application.build(Retention.RETAINED).to_dict()


def parameters() -> str:
    """Return the form as a table, in the order and groups of the console."""
    content = template()
    form, parameters = content["Metadata"][INTERFACE], content["Parameters"]
    rows = [
        (
            f"**{group['Label']['default']}**" if position == 0 else "",
            form["ParameterLabels"][name]["default"],
            f"`{name}`",
            *about(parameters[name]),
        )
        for group in form["ParameterGroups"]
        for position, name in enumerate(group["Parameters"])
    ]
    return table(("group", "label", "parameter", "default", "description", "allowed values"), rows)


def about(parameter: Mapping[str, Any]) -> tuple[str, str, str]:
    value = parameter.get("Default")
    default = f"`{value}`" if value else "(required)" if value is None else "(empty)"
    takes = parameter["ConstraintDescription"].removeprefix("must be ")
    if choices := parameter.get("AllowedValues"):
        takes = ", ".join(choices)
    return default, parameter["Description"], takes


def outputs() -> str:
    rows = [(f"`{name}`", o["Description"]) for name, o in template()["Outputs"].items()]
    return table(("output", "description"), rows)


def alarms() -> str:
    rows = [
        (f"`{name}`", resource["Properties"]["AlarmDescription"])
        for name, resource in template()["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    ]
    return table(("alarm", "meaning"), rows)


def dashboard() -> str:
    """Return the graphs of the dashboard as a table, for one lane."""
    rows = [
        (title, statistic, ", ".join(f"`{name}`" for _, name in lines))
        for title, statistic, lines in GRAPHS
    ]
    return table(("graph", "statistic", "metrics"), rows)


def processor() -> str:
    """Return what ``processor.toml`` may say as a table, settings aside."""
    defaults = Processor(name="", folder=Path(), handler="")
    rows = []
    for key in KEYS:
        default = getattr(getattr(defaults, key.section) if key.section else defaults, key.name)
        is_needed = not key.section and default == ""
        rows.append(
            (
                f"`[{key.section}]`" if key.section else "",
                f"`{key.name}`",
                "(required)" if is_needed else f"`{json.dumps(default)}`",
                key.allowed,
                key.means,
            )
        )
    return table(("section", "key", "default", "allowed values", "description"), rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines
    )
