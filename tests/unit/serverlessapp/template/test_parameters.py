"""A template's file, and values of its parameters."""

import json
from pathlib import Path

import pytest

from serverlessapp.template.parameters import ModelError, read, values

TEMPLATE = {
    "Parameters": {
        "Branch": {"Type": "String", "Default": "main"},
        "Size": {"Type": "Number", "Default": 3},
        "Approval": {
            "AllowedValues": ["true", "false"],
            "ConstraintDescription": "must be true or false",
        },
    }
}


def test_a_parameter_has_what_is_given_or_its_default() -> None:
    assert values(TEMPLATE, {"Branch": "x"}) == {"Branch": "x", "Size": "3"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"Approval": "yes"}, "must be true or false"),
        ({"DeployToMars": "true"}, "no parameter DeployToMars"),
    ],
)
def test_a_value_that_cloudformation_refuses_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        values(TEMPLATE, given)


def test_only_templates_are_read(tmp_path: Path) -> None:
    file = tmp_path / "template"
    with pytest.raises(ModelError, match="cannot read"):
        read(file)
    file.write_text("Resources: {")
    with pytest.raises(ModelError, match="is not YAML"):
        read(file)
    file.write_text("Parameters: {}")
    with pytest.raises(ModelError, match="no Resources"):
        read(file)
    file.write_text(json.dumps({"Resources": {}}))
    assert read(file) == {"Resources": {}}
