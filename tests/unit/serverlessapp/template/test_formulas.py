"""Formulas as people say them."""

from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.formulas import words
from serverlessapp.template.reading import Template

PROD = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
SAME = {"Fn::Equals": [{"Ref": "Stage"}, {"Ref": "AWS::Region"}]}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (PROD, '${Stage} is "prod"'),
        ({"Fn::Equals": ["prod", {"Ref": "Stage"}]}, '${Stage} is "prod"'),
        (SAME, "${AWS::Region} is ${Stage}"),
        ({"Fn::Not": [PROD]}, 'not (${Stage} is "prod")'),
        ({"Fn::Or": [SAME, PROD]}, '(${AWS::Region} is ${Stage}) or (${Stage} is "prod")'),
        ({"Fn::Equals": ["a", "a"]}, "true"),
    ],
)
def test_words(condition: Any, expected: str) -> None:
    template = Template(content={"Parameters": {"Stage": {"Type": "String"}}})
    formula = Evaluation(template=template).condition(condition)
    assert words(formula) == expected
