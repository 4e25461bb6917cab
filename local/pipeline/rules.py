"""Conditions of stages: variables, and the emulator's alarms."""

import operator
import re
from collections.abc import Callable
from typing import Any

from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from serverlessapp.template.pipeline.elements import Condition, StageRule

# CodePipeline User Guide, "VariableCheck".
OPERATORS: dict[str, Callable[[str, str], object]] = {
    "EQ": operator.eq,
    "NE": operator.ne,
    "CONTAINS": operator.contains,
    "MATCHES": lambda value, pattern: re.fullmatch(pattern, value),
}

# Returns a client of the emulator by service and Region.
Clients = Callable[[str, str], Any]


def broken(execution: Execution, condition: Condition, clients: Clients) -> str:
    """Return which of a condition's rules does not hold, in words; empty if all do."""
    for rule in condition.rules:
        is_alarm = rule.provider == "CloudWatchAlarm"
        if why := alarm(execution, rule, clients) if is_alarm else variable(execution, rule):
            return f"{rule.name}: {why}"
    return ""


def variable(execution: Execution, rule: StageRule) -> str:
    """Return why a variable is not what it should be."""
    given = execution.texts(rule.configuration)
    value, wanted = given["Variable"], given["Value"]
    holds = OPERATORS[given["Operator"]](value, wanted)
    return "" if holds else f"not {value} {given['Operator']} {wanted}"


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
