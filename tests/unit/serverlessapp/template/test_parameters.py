"""Values of a template's parameters."""

import pytest

from serverlessapp.template.parameters import ParameterError, values

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
    with pytest.raises(ParameterError, match=words):
        values(TEMPLATE, given)
