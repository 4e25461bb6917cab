"""Conditions of stages."""

import pytest

from local.emulator import REGION as HOME
from local.pipeline import rules
from local.pipeline.execution import Execution
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
    assert (rules.broken(execution, rule) == "") is holds
