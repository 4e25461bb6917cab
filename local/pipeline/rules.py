"""Conditions of stages: variables, and the emulator's alarms."""

import re
from collections.abc import Callable

from local.emulator import EmulatorSession
from local.pipeline.execution import ActionError, Execution
from pipeline.model.elements import Condition, Rule

NOT = {
    "EQ": "is not",
    "NE": "is",
    "CONTAINS": "does not contain",
    "MATCHES": "does not match",
}

Sessions = Callable[[str], EmulatorSession]


def broken(execution: Execution, condition: Condition, sessions: Sessions) -> str:
    """Return what a condition lacks, in words; empty if it holds.

    Args:
        execution: Whose variables are meant.
        condition: It holds if all of its rules do.
        sessions: A session of the emulator for each Region.

    Raises:
        ActionError: A variable or an alarm does not exist.
    """
    for rule in condition.rules:
        check = {"VariableCheck": variable, "CloudWatchAlarm": alarm}[rule.provider]
        if why := check(execution, rule, sessions):
            return f"{rule.name}: {why}"
    return ""


def variable(execution: Execution, rule: Rule, sessions: Sessions) -> str:
    """Return why a variable is not what it should be.

    Source: CodePipeline User Guide, "VariableCheck".
    """
    del sessions
    given = execution.texts(rule.configuration)
    value, wanted, operator = given["Variable"], given["Value"], given["Operator"]
    holds = {
        "EQ": value == wanted,
        "NE": value != wanted,
        "CONTAINS": wanted in value,
        "MATCHES": operator == "MATCHES" and re.fullmatch(wanted, value) is not None,
    }[operator]
    return "" if holds else f"{value} {NOT[operator]} {wanted}"


def alarm(execution: Execution, rule: Rule, sessions: Sessions) -> str:
    """Return which alarm is on. It looks once, and does not wait as long as the rule says."""
    name = execution.text(rule.configuration["AlarmName"])
    states = rule.configuration.get("AlarmStates", "ALARM").split(",")
    found = sessions(rule.region).client("cloudwatch").describe_alarms(AlarmNames=[name])
    alarms = [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]
    if not alarms:
        raise ActionError(f"there is no alarm {name} in {rule.region}")
    state = alarms[0]["StateValue"]
    return f"{name} in {rule.region} is {state}" if state in states else ""
