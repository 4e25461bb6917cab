"""Values as a stack has them, or spelled out where nobody knows."""

from typing import Any

import pytest

from serverlessapp.template.first_evaluation import Evaluation, carried

TEMPLATE: dict[str, Any] = {
    "Parameters": {"Size": {"Type": "String", "Default": "small"}, "Name": {"Type": "String"}},
    "Mappings": {"Sizes": {"small": {"Bytes": "1"}, "large": {"Bytes": "9"}}},
    "Conditions": {
        "IsLarge": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
        "IsNamed": {"Fn::Not": [{"Fn::Equals": ["", {"Ref": "Name"}]}]},
        "Both": {"Fn::And": [{"Condition": "IsLarge"}, {"Condition": "IsNamed"}]},
        "Either": {"Fn::Or": [{"Condition": "IsLarge"}, {"Condition": "IsNamed"}]},
    },
    "Resources": {
        "Always": {"Type": "A::B::C", "Properties": {"P": {"Fn::If": ["Both", "yes", "no"]}}},
        "Sometimes": {"Type": "A::B::C", "Condition": "IsLarge"},
    },
}
LARGE = {"Size": "large", "Name": "n"}


def evaluate(value: Any, **values: str) -> Any:
    return Evaluation(template=TEMPLATE, values=values).value(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Size"}, "large"),
        ({"Ref": "AWS::Region"}, {"Ref": "AWS::Region"}),
        ({"Fn::If": ["Both", 1, 2]}, 1),
        ({"a": {"Fn::If": ["IsLarge", {"Ref": "AWS::NoValue"}, 2]}, "b": 1}, {"b": 1}),
        ([{"Fn::If": ["IsLarge", {"Ref": "AWS::NoValue"}, 2]}, 3], [3]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Size"}, "Bytes"]}, "9"),
        ({"Fn::Sub": "a-${Size}"}, "a-large"),
        ({"Fn::Sub": "a-${Size}-${Other.Arn}"}, {"Fn::Sub": "a-large-${Other.Arn}"}),
        ({"Fn::Sub": ["${X}${Y}", {"X": {"Ref": "Name"}, "Y": "y"}]}, "ny"),
        (
            {"Fn::Sub": ["${X}${Y}", {"X": {"Ref": "Size"}, "Y": {"Ref": "Other"}}]},
            {"Fn::Sub": ["large${Y}", {"Y": {"Ref": "Other"}}]},
        ),
        ({"Fn::Sub": "${!Size}"}, {"Fn::Sub": "${!Size}"}),
        ({"Fn::GetAtt": "A.B.C"}, {"Fn::GetAtt": ["A", "B.C"]}),
    ],
)
def test_with_the_parameters_of_a_stack(value: Any, expected: Any) -> None:
    assert evaluate(value, **LARGE) == expected


def test_without_them_the_condition_is_spelled_out() -> None:
    condition = {"Fn::Equals": ["large", {"Ref": "Size"}]}
    assert evaluate({"Fn::If": ["IsLarge", 1, 2]}) == {"Fn::If": [condition, 1, 2]}


def test_without_them_all_that_a_mapping_can_give_is_spelled_out() -> None:
    value = evaluate({"Fn::FindInMap": ["Sizes", {"Ref": "Size"}, "Bytes"]})
    assert value == {"Fn::FindInMap": [{"small": "1", "large": "9"}, {"Ref": "Size"}]}
    assert evaluate({"Fn::FindInMap": ["Sizes", "small", "Bytes"]}) == "1"


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("Both", {"Size": "large", "Name": ""}, False),
        ("Either", {"Size": "large"}, True),
        ("Either", {"Size": "small", "Name": ""}, False),
        ("Both", {"Size": "small"}, False),
    ],
)
def test_a_condition_is_decided_as_soon_as_it_can_be(
    name: str, values: dict[str, str], expected: bool
) -> None:
    assert Evaluation(template=TEMPLATE, values=values).condition(name) is expected


def test_a_resource_that_its_condition_excludes_is_not_there() -> None:
    small = Evaluation(template=TEMPLATE, values={"Size": "small", "Name": "n"}).resources()
    assert small == {"Always": {"Type": "A::B::C", "Properties": {"P": "no"}}}
    large = Evaluation(template=TEMPLATE, values=LARGE).resources()
    assert large["Sometimes"] == {"Type": "A::B::C"}
    unknown = Evaluation(template=TEMPLATE).resources()
    assert unknown["Sometimes"]["Condition"] == {"Fn::Equals": ["large", {"Ref": "Size"}]}


def test_an_update_keeps_values_and_takes_defaults_for_new_parameters() -> None:
    later = {"Parameters": {"Size": {"Default": "other"}, "New": {"Default": "n"}}}
    assert carried(later, {"Size": "large", "Name": "x"}, TEMPLATE) == {
        "Size": "large",
        "New": "n",
    }
