"""Situations against all values that parameters could have."""

from itertools import product
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template
from serverlessapp.template.situations import situations

NAMES = ("A", "B", "C")
VALUES = ("x", "y", "\0", "\1", "\2")  # both literals, and enough others to all be different
OPERANDS = st.sampled_from([*({"Ref": name} for name in NAMES), "x", "y"])
COMPARISONS = st.lists(OPERANDS, min_size=2, max_size=2).map(lambda pair: {"Fn::Equals": pair})
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        inner.map(lambda item: {"Fn::Not": [item]}),
        st.tuples(st.sampled_from(["Fn::And", "Fn::Or"]), st.lists(inner, min_size=2, max_size=3))
        .map(lambda pair: {pair[0]: pair[1]}),
    ),
    max_leaves=4,
)  # fmt: skip


@settings(deadline=None)
@given(
    conditions=st.lists(CONDITIONS, min_size=1, max_size=3),
    allowed=st.sampled_from([None, ["x"], ["x", "y"]]),
    demanded=st.none() | CONDITIONS,
)
def test_exactly_what_values_can_bring_about_is_returned(
    conditions: list[Any], allowed: list[str] | None, demanded: Any
) -> None:
    content: dict[str, Any] = {
        "Parameters": {name: {"Type": "String"} for name in NAMES},
        "Conditions": {f"C{number}": condition for number, condition in enumerate(conditions)},
    }
    if allowed:
        content["Parameters"]["A"]["AllowedValues"] = allowed
    if demanded:
        content["Rules"] = {"R": {"Assertions": [{"Assert": demanded}]}}
    template = Template(content=content)
    possible = set()
    for values in product(allowed or VALUES, VALUES, VALUES):
        stack = Evaluation(template=template, given=dict(zip(NAMES, values)))
        if demanded is None or stack.condition(demanded):
            possible.add(tuple(stack.condition(name) for name in content["Conditions"]))
    assume(possible)  # a template that nobody can launch has no situations
    found = situations(Evaluation(template=template))
    assert {tuple(situation.values()) for situation in found} == possible
    assert len(found) == len(possible), "each once"


def test_conditions_that_nobody_asks_for_do_not_multiply() -> None:
    conditions = {f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(40)}
    parameters = {f"P{n}": {"Type": "String"} for n in range(40)}
    template = Template(content={"Parameters": parameters, "Conditions": conditions})
    assert len(situations(Evaluation(template=template), ["C1", "C2"])) == 4
