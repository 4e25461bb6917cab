"""CloudFormation reads templates in YAML as we mean them, and fast."""

from typing import Any

import pytest
import yaml
from ministack.services.cloudformation import engine

from local.corrections.yaml_loader import with_libyaml

TEMPLATE = """\
AWSTemplateFormatVersion: 2010-09-09
Mappings:
  M: {'10': {"yes": "010"}}
Resources:
  X:
    Condition: C
    Text: |
      def handler(event, context):

          return "${x}"
    Values: ["yes", 'no', "010", "true", "2010-09-09", true, 10, !Ref "AWS::NoValue"]
    Attributes: [!GetAtt A.B, !GetAtt "A.B.C", !GetAtt [A, B]]
    Conditions: [!Equals [!Ref P, 'x'], !Not [!Condition C], !If [C, 1, !Sub "${A}"]]
    Nested:
      Fn::Base64: !Sub ["${x}", {x: !FindInMap [M, !Ref P, B]}]
"""
CONTENT: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Mappings": {"M": {"10": {"yes": "010"}}},
    "Resources": {
        "X": {
            "Condition": "C",
            "Text": 'def handler(event, context):\n\n    return "${x}"\n',
            "Values": ["yes", "no", "010", "true", "2010-09-09", True, 10, {"Ref": "AWS::NoValue"}],
            "Attributes": [
                {"Fn::GetAtt": ["A", "B"]},
                {"Fn::GetAtt": ["A", "B.C"]},
                {"Fn::GetAtt": ["A", "B"]},
            ],
            "Conditions": [
                {"Fn::Equals": [{"Ref": "P"}, "x"]},
                {"Fn::Not": [{"Condition": "C"}]},
                {"Fn::If": ["C", 1, {"Fn::Sub": "${A}"}]},
            ],
            "Nested": {
                "Fn::Base64": {
                    "Fn::Sub": ["${x}", {"x": {"Fn::FindInMap": ["M", {"Ref": "P"}, "B"]}}]
                }
            },
        }
    },
}


@pytest.mark.parametrize("loader", [engine.CfnLoader, with_libyaml(engine.CfnLoader)])
def test_short_forms_and_texts_are_what_they_are_in_json(loader: Any) -> None:
    assert yaml.load(TEMPLATE, Loader=loader) == CONTENT  # noqa: S506


def test_ministack_still_needs_libyaml() -> None:
    """When this fails, ministack is fast by itself: take the correction out."""
    assert not issubclass(engine.CfnLoader, yaml.CSafeLoader)
