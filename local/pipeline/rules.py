"""Conditions of stages: variables, and the emulator's alarms."""

import re
from collections.abc import Callable
from typing import Any

from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from serverlessapp.template.pipeline.elements import Condition, StageRule

NOT = {
    "EQ": "is not",
    "NE": "is",
    "CONTAINS": "does not contain",
    "MATCHES": "does not match",
}

# Returns a client of the emulator by service and Region.
Clients = Callable[[str, str], Any]


def broken(execution: Execution, condition: Condition, clients: Clients) -> str:
    """Return which of a condition's rules does not hold, in words; empty if all do."""
    for rule in condition.rules:
        check = {"VariableCheck": variable, "CloudWatchAlarm": alarm}[rule.provider]
        if why := check(execution, rule, clients):
            return f"{rule.name}: {why}"
    return ""


def variable(execution: Execution, rule: StageRule, clients: Clients) -> str:
    """Return why a variable is not what it should be.

    Source: CodePipeline User Guide, "VariableCheck".
    """
    del clients
    given = execution.texts(rule.configuration)
    value, wanted, operator = given["Variable"], given["Value"], given["Operator"]
    holds = {
        "EQ": value == wanted,
        "NE": value != wanted,
        "CONTAINS": wanted in value,
        "MATCHES": operator == "MATCHES" and re.fullmatch(wanted, value) is not None,
    }[operator]
    return "" if holds else f"{value} {NOT[operator]} {wanted}"


def alarm(execution: Execution, rule: StageRule, clients: Clients) -> str:
    """Return which alarm is on. It looks once, and does not wait as long as the rule says."""
    name = execution.text(rule.configuration["AlarmName"])
    states = rule.configuration.get("AlarmStates", "ALARM").split(",")
    known = clients("cloudwatch", rule.region).describe_alarms(AlarmNames=[name])
    alarms = [*known.get("MetricAlarms", []), *known.get("CompositeAlarms", [])]
    if not alarms:
        raise PipelineError(f"there is no alarm {name} in {rule.region}")
    state = alarms[0]["StateValue"]
    return f"{name} in {rule.region} is {state}" if state in states else ""
