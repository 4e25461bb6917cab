"""Conditions of stages."""

from collections.abc import Callable
from typing import Any

import pytest

from local.pipeline import rules
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from pipeline.regions import HOME
from serverlessapp.template.pipeline.elements import Condition
from serverlessapp.template.values import Items, Object


def condition(provider: str, **configuration: str) -> Condition:
    rule = Object(
        Name="Rule",
        RuleTypeId=Object(Provider=provider),
        Configuration=Object(configuration),
    )
    raw = Object(Result="FAIL", Rules=Items([rule]))
    return Condition(raw=raw, home=HOME, when="BeforeEntry")


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("EQ", "1.2.0", True),
        ("EQ", "1.2", False),
        ("NE", "1.2", True),
        ("NE", "1.2.0", False),
        ("CONTAINS", "2.", True),
        ("CONTAINS", "x", False),
        ("MATCHES", r"[0-9.]+", True),
        ("MATCHES", r"[0-9]", False),
    ],
)
def test_variables_are_compared(
    operator: str, value: str, holds: bool, execution: Execution
) -> None:
    rule = condition("VariableCheck", Variable="#{Package.VERSION}", Operator=operator, Value=value)
    assert (rules.broken(execution, rule, clients({})) == "") is holds


def clients(states: dict[str, str]) -> Callable[[str, str], Any]:
    class Alarms:
        def describe_alarms(self, AlarmNames: list[str]) -> dict[str, Any]:  # noqa: N803
            known = [{"StateValue": states[name]} for name in AlarmNames if name in states]
            return {"MetricAlarms": known, "CompositeAlarms": []}

    return lambda service, region: Alarms()


@pytest.mark.parametrize(
    ("state", "given", "holds"),
    [
        ("OK", {}, True),
        ("INSUFFICIENT_DATA", {}, True),
        ("ALARM", {}, False),
        ("INSUFFICIENT_DATA", {"AlarmStates": "ALARM,INSUFFICIENT_DATA"}, False),
    ],
)
def test_alarms_are_looked_at(
    state: str, given: dict[str, str], holds: bool, execution: Execution
) -> None:
    rule = condition("CloudWatchAlarm", AlarmName="errors", **given)
    assert (rules.broken(execution, rule, clients({"errors": state})) == "") is holds


def test_an_alarm_that_does_not_exist_is_a_failure(execution: Execution) -> None:
    with pytest.raises(PipelineError, match="there is no alarm errors in us-west-2"):
        rules.broken(execution, condition("CloudWatchAlarm", AlarmName="errors"), clients({}))
