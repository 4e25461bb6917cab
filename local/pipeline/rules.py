"""Conditions of stages: what variables have to be."""

import operator
import re
from collections.abc import Callable

from local.pipeline.execution import Execution
from serverlessapp.template.pipeline.elements import Condition

# CodePipeline User Guide, "VariableCheck".
OPERATORS: dict[str, Callable[[str, str], object]] = {
    "EQ": operator.eq,
    "NE": operator.ne,
    "CONTAINS": operator.contains,
    "MATCHES": lambda value, pattern: re.fullmatch(pattern, value),
}


def broken(execution: Execution, condition: Condition) -> str:
    """Return which of a condition's rules does not hold, in words; empty if all do."""
    for rule in condition.rules:
        given = execution.texts(rule.configuration)
        value, wanted = given["Variable"], given["Value"]
        if not OPERATORS[given["Operator"]](value, wanted):
            return f"{rule.name}: {value} is not {given['Operator']} {wanted}"
    return ""
