"""Parameters and outputs: what breaks whoever relies on them."""

from typing import Any

import pytest

from serverlessapp.diff.model import Bump, Comparison, ComparisonError, Risk

from .comparing import compare

TemplateDict = dict[str, Any]
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}


def parameter(**definition: Any) -> TemplateDict:
    return {"Parameters": {"P": {"Type": "String", **definition}}, "Resources": TOPIC}


def output(**definition: Any) -> TemplateDict:
    return {
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
        "Outputs": {"O": {"Value": {"Ref": "Topic"}, **definition}},
        "Resources": TOPIC,
    }


def classified(comparison: Comparison) -> set[tuple[str, Risk, Bump]]:
    return {(finding.kind, finding.risk, finding.bump) for finding in comparison.findings}


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ({"MinValue": 1}, {"MinValue": 2}, "stricter"),
        ({"MinValue": 2}, {"MinValue": 1}, "wider"),
        ({"MaxLength": 2}, {"MaxLength": 1}, "stricter"),
        ({"MaxLength": 1}, {"MaxLength": 2}, "wider"),
        ({}, {"MaxValue": 1}, "stricter"),
        ({"MaxValue": 1}, {}, "wider"),
        ({"AllowedValues": ["a"]}, {"AllowedValues": ["a", "b"]}, "wider"),
        ({"AllowedValues": ["a", "b"]}, {"AllowedValues": ["a"]}, "stricter"),
        ({"AllowedValues": ["a"]}, {"AllowedValues": ["b"]}, "stricter"),
        ({}, {"AllowedValues": ["a"]}, "stricter"),
        ({"AllowedValues": ["a"]}, {}, "wider"),
        ({"AllowedPattern": "a"}, {"AllowedPattern": "b"}, "stricter"),
        ({"AllowedPattern": "a"}, {}, "wider"),
    ],
)
def test_constraints(old: TemplateDict, new: TemplateDict, kind: str) -> None:
    expected = {
        "stricter": ("parameter stricter", Risk.REVIEW, Bump.MAJOR),
        "wider": ("parameter wider", Risk.SAFE, Bump.MINOR),
    }
    assert classified(compare(parameter(**old), parameter(**new))) == {expected[kind]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            {"AllowedValues": ["a", "b"]},
            {"AllowedValues": ["b", "a"]},
            set(),
        ),
        ({"Default": "a"}, {}, {("default removed", Risk.REVIEW, Bump.MAJOR)}),
        ({"Default": "a"}, {"Default": "b"}, {("default changed", Risk.SAFE, Bump.MINOR)}),
        ({}, {"Default": "b"}, {("default changed", Risk.SAFE, Bump.MINOR)}),
        ({"NoEcho": True}, {}, {("parameter changed", Risk.REVIEW, Bump.MINOR)}),
        ({}, {"NoEcho": "true"}, {("parameter changed", Risk.SAFE, Bump.PATCH)}),
        ({}, {"Type": "Number"}, {("parameter changed", Risk.REVIEW, Bump.MAJOR)}),
        ({}, {"Description": "d"}, {("parameter changed", Risk.SAFE, Bump.PATCH)}),
    ],
)
def test_parameters(old: TemplateDict, new: TemplateDict, expected: set[Any]) -> None:
    assert classified(compare(parameter(**old), parameter(**new))) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"Export": {"Name": "a"}}, {}, (Risk.REVIEW, Bump.MAJOR)),
        ({}, {"Export": {"Name": "a"}}, (Risk.SAFE, Bump.MINOR)),
        ({}, {"Condition": "C"}, (Risk.REVIEW, Bump.MAJOR)),
        ({"Condition": "C"}, {}, (Risk.SAFE, Bump.MINOR)),
        ({"Value": "1.0.0"}, {"Value": "1.0.1"}, (Risk.SAFE, Bump.PATCH)),
        ({}, {"Value": {"Fn::GetAtt": ["Topic", "TopicArn"]}}, (Risk.REVIEW, Bump.MINOR)),
        ({}, {"Description": "d"}, (Risk.SAFE, Bump.PATCH)),
    ],
)
def test_outputs(old: TemplateDict, new: TemplateDict, expected: tuple[Risk, Bump]) -> None:
    assert classified(compare(output(**old), output(**new))) == {("output changed", *expected)}


def test_a_macro_needs_a_look() -> None:
    plain = {"Resources": TOPIC}
    comparison = compare(plain, {**plain, "Transform": "AWS::LanguageExtensions"})
    assert classified(comparison) == {("macro", Risk.REVIEW, Bump.MAJOR)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"Properties": {"P": {"Fn::If": ["C"]}}},
        {"Properties": {"P": {"Fn::Sub": 1}}},
        {"Properties": []},
        {"Condition": "Endless"},
    ],
)
def test_a_malformed_template_is_refused_in_words(wrong: TemplateDict) -> None:
    endless = {"Endless": {"Fn::Not": [{"Condition": "Endless"}]}}
    good = {"Resources": TOPIC, "Conditions": endless}
    bad = {**good, "Resources": {"Topic": {**TOPIC["Topic"], **wrong}}}
    with pytest.raises(ComparisonError, match="is not a valid template"):
        compare(good, bad)
