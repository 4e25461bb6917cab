"""What values are, with parameters that are known and parameters that are not."""

from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template, TemplateError
from serverlessapp.template.values import (
    ABSENT,
    Choice,
    Kind,
    Text,
    Unknown,
    alternatives,
    canonical,
    rendered,
    same,
)

CONTENT = {
    "Parameters": {"P": {"Type": "String"}, "L": {"Type": "CommaDelimitedList"}},
    "Mappings": {"M": {"a": {"x": "ax", "y": "ay"}, "b": {"x": "bx", "y": "by"}}},
    "Conditions": {
        "IsOn": {"Fn::Equals": [{"Ref": "P"}, True]},
        "IsOff": {"Fn::Not": [{"Condition": "IsOn"}]},
        "Never": {"Fn::Equals": ["a", "b"]},
        "Loop": {"Fn::Or": [{"Condition": "Loop"}, {"Condition": "IsOn"}]},
    },
    "Resources": {
        "Always": {"Type": "T", "Properties": {"A": {"Fn::If": ["IsOn", 1, 2]}}},
        "Some": {"Type": "T", "Condition": "IsOn", "Properties": {"A": {"Fn::If": ["IsOn", 1, 2]}}},
        "None": {"Type": "T", "Condition": "Never"},
    },
}
P = Unknown(Kind.PARAMETER, "P")


def evaluation(**given: Any) -> Evaluation:
    return Evaluation(template=Template(content=CONTENT), given=given)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "P"}, "p"),
        ({"Ref": "L"}, ["1", "2"]),
        ({"Ref": "AWS::Region"}, Unknown(Kind.PSEUDO, "AWS::Region")),
        ({"Ref": "R"}, Unknown(Kind.RESOURCE, "R")),
        ({"Fn::GetAtt": "R.A.B"}, Unknown(Kind.ATTRIBUTE, "R", "A.B")),
        ({"Fn::GetAtt": ["R", {"Ref": "P"}]}, Unknown(Kind.ATTRIBUTE, "R", "p")),
        ([1, {"Ref": "AWS::NoValue"}], [1]),
        ({"A": {"Ref": "AWS::NoValue"}, "B": 1}, {"B": 1}),
        ({"Fn::Sub": "${P}-${!P}-${ P }"}, "p-${P}-p"),
        ({"Fn::Sub": ["${X}${P}", {"X": True}]}, "truep"),
        ({"Fn::Sub": "x-${R.A}"}, Text(("x-", Unknown(Kind.ATTRIBUTE, "R", "A")))),
        ({"Fn::Join": [",", {"Ref": "L"}]}, "1,2"),
        ({"Fn::Join": ["", []]}, ""),
        ({"Fn::Join": ["-", ["a", {"Ref": "R"}]]}, Text(("a-", Unknown(Kind.RESOURCE, "R")))),
        ({"Fn::Select": ["1", {"Fn::Split": ["-", "a-b"]}]}, "b"),
        ({"Fn::FindInMap": ["M", "a", "y"]}, "ay"),
        ({"Fn::FindInMap": ["M", "c", "y", {"DefaultValue": "d"}]}, "d"),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"Fn::Length": {"Ref": "L"}}, 2),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::ToJsonString": {"a": [1, {"Ref": "P"}]}}, '{"a":[1,"p"]}'),
        (
            {"Fn::ToJsonString": {"a": {"Ref": "R"}}},
            Text(('{"a":"', Unknown(Kind.RESOURCE, "R"), '"}')),
        ),
        ("{{resolve:ssm:/a}}", Text((Unknown(Kind.DYNAMIC, "ssm:/a"),))),
        ({"Fn::If": ["Never", 1, {"Ref": "AWS::NoValue"}]}, ABSENT),
        ({"StringEquals": {"Condition": "IsOn"}}, {"StringEquals": {"Condition": "IsOn"}}),
    ],
)
def test_values_with_known_parameters(node: Any, value: Any) -> None:
    assert evaluation(P="p", L=["1", "2"]).value(node) == value


@pytest.mark.parametrize(
    "node",
    [
        {"Fn::ImportValue": "x"},
        {"Fn::GetAZs": ""},
        {"Fn::Transform": {"Name": "AWS::Include"}},
        {"Fn::Select": [0, {"Ref": "L"}]},
        {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]},
        {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "x"]},
    ],
)
def test_what_only_a_stack_knows_is_unknown_and_equal_to_itself(node: Any) -> None:
    value = evaluation().value(node)
    assert isinstance(value, Unknown)
    assert value == evaluation().value(node)


def test_a_choice_that_cannot_be_made_keeps_both() -> None:
    value = evaluation().value({"Fn::If": ["IsOn", "a", {"Fn::If": ["IsOff", "never", "b"]}]})
    assert [text for text, _ in alternatives(value)] == ["a", "never"], "IsOff is asked by its name"
    assert list(rendered(evaluation().value({"Fn::Sub": "${P}!"}), lambda _: "xy")) == ["x!", "y!"]


def test_the_branch_that_comes_first_does_not_matter() -> None:
    one = evaluation().value({"Fn::If": ["IsOn", 1, 2]})
    other = evaluation().value({"Fn::If": ["IsOff", 2, 1]})
    assert isinstance(one, Choice)
    assert same(one, other)


def test_scalars_are_compared_as_cloudformation_does() -> None:
    assert same({"a": True, "b": 1}, {"b": "1", "a": "true"})
    assert not same("True", True)
    assert canonical(None) != canonical("")


@pytest.mark.parametrize(("text", "holds"), [("true", True), ("True", False), ("false", False)])
def test_truth_values_compare_as_texts(text: str, holds: bool) -> None:
    assert evaluation(P=text).condition("IsOn") is holds
    assert evaluation(P=text).condition("IsOff") is not holds


def test_conditions_are_equal_whatever_their_order() -> None:
    a, b = ({"Fn::Equals": [{"Ref": "P"}, text]} for text in "ab")
    one = evaluation().condition({"Fn::And": [a, {"Fn::Not": [b]}]})
    other = evaluation().condition({"Fn::Not": [{"Fn::Or": [b, {"Fn::Not": [a]}]}]})
    assert one == other
    assert evaluation().condition({"Fn::Or": [a, {"Fn::Not": [a]}]}) is True


def test_resources_exist_or_may_and_are_evaluated_under_their_condition() -> None:
    resources = {resource.title: resource for resource in evaluation().resources()}
    assert resources.keys() == {"Always", "Some"}
    assert resources["Some"].properties == {"A": 1}
    assert isinstance(resources["Always"].properties["A"], Choice)
    assert [r.title for r in evaluation(P="no").resources()] == ["Always"]


def test_places_are_kept_through_choices() -> None:
    value = evaluation(P="true").value({"Fn::If": ["IsOn", {"A": []}, {}]}, ("x",))
    assert value["A"].place == ("x", "Fn::If", 1, "A")


@pytest.mark.parametrize(
    "node",
    [
        {"Ref": ["P"]},
        {"Fn::Sub": 5},
        {"Fn::Sub": ["${A}", {"A": [1]}]},
        {"Fn::If": ["IsOn", 1]},
        {"Fn::If": ["Missing", 1, 2]},
        {"Fn::If": ["Loop", 1, 2]},
        {"Fn::Select": [3, ["a"]]},
        {"Fn::Select": [-1, ["a"]]},
        {"Fn::Join": ["", [{"a": 1}]]},
        {"Fn::FindInMap": ["M", "a", "missing"]},
        {"Fn::GetAtt": "NoDot"},
        {"Fn::Cidr": ["10.0.0.0/33", 1, 8]},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(node: Any) -> None:
    with pytest.raises(TemplateError):
        evaluation().value(node)


def test_a_condition_that_depends_on_itself_through_a_value_is_refused() -> None:
    asks = {"Fn::Equals": [{"Fn::If": ["B", 1, 2]}, 1]}
    back = {"Fn::Equals": [{"Fn::If": ["A", 1, 2]}, 1]}
    circle = Evaluation(template=Template(content={"Conditions": {"A": asks, "B": back}}))
    with pytest.raises(TemplateError, match="A depends on itself: A -> B"):
        circle.condition("A")


def test_what_a_macro_makes_of_a_section_is_no_resource() -> None:
    content = {"Resources": {"Fn::Transform": {"Name": "AWS::Include"}, "A": {"Type": "B::C::D"}}}
    (resource,) = Evaluation(template=Template(content=content)).resources()
    assert resource.title == "A"


def test_an_entry_that_an_include_may_bring_is_unknown() -> None:
    include = {"Fn::Transform": {"Name": "AWS::Include"}}
    lookup = {"Fn::FindInMap": ["M", "a", "x"]}
    for mapping in (include, {"a": include}):
        template = Template(content={"Mappings": {"M": mapping}})
        assert isinstance(Evaluation(template=template).value(lookup), Unknown)
