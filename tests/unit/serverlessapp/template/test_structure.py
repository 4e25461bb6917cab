"""Templates without the structure of one are refused, in words and with the line."""

import pytest

from serverlessapp.template.reading import TemplateError, parse
from serverlessapp.template.structure import check


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A: 1", "has no Resources"),
        ("Resources: []", "Resources must be an object"),
        ("Resources:\n  A: 1", "Resources.A must be an object, in line 2"),
        ("Resources:\n  A:\n    Type: {}", "Resources.A has no Type, in line 2"),
        ("Resources:\n  A:\n    Type: T\n    Properties: x", "Resources.A.Properties .* line 4"),
        ("Resources: {A: {Type: T, Condition: [x]}}", "must be the name of a condition"),
        ("Resources: {A: {Type: T}}\nMappings: {M: {A: 1}}", "Mappings.M.A must be an object"),
        ("Resources: {A: {Type: T}}\nOutputs: {O: {Condition: 1}}", "Outputs.O.Condition"),
        ("Resources: {A: {Type: T}}\nParameters: {P: x}", "Parameters.P"),
    ],
)
def test_what_cloudformation_would_refuse(text: str, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        check(parse(text))


@pytest.mark.parametrize(
    "text",
    [
        "Resources: {A: {Type: T}}\nOutputs:\nConditions: {}",
        "Resources: {Fn::ForEach::A: [N, [x], {B: {Type: T}}]}\nTransform: X",
        "Resources: {Fn::Transform: {Name: AWS::Include}}",
        "Fn::Transform: {Name: AWS::Include}",
        "Resources: {A: {Type: T, Properties: {Fn::Transform: {Name: x}}}}",
        "Resources: {A: {Type: T}}\nMappings: {Fn::Transform: {Name: x}}",
    ],
)
def test_what_a_macro_may_complete_is_taken(text: str) -> None:
    check(parse(text))
