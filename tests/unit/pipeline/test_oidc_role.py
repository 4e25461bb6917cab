"""The roles for GitHub Actions, as their template says them."""

import re

import pytest

from generators.render import render
from pipeline.oidc_role import build
from serverlessapp.template.reading import load

TEMPLATE = load(render(build()))
ROLES = ("ReviewRole", "DeliverRole")


@pytest.mark.parametrize("title", ROLES)
def test_a_token_has_the_audience_and_one_subject(title: str) -> None:
    properties = TEMPLATE["Resources"][title]["Properties"]
    (statement,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert list(statement["Condition"]) == ["StringEquals"]
    claims = {
        key.rpartition(":")[2]: v for key, v in statement["Condition"]["StringEquals"].items()
    }
    assert claims["aud"] == "sts.amazonaws.com"
    assert "*" not in claims["sub"]["Fn::Sub"]
    assert list(statement["Principal"]) == ["Federated"]


@pytest.mark.parametrize("title", ROLES)
def test_nothing_is_allowed_everywhere(title: str) -> None:
    (policy,) = TEMPLATE["Resources"][title]["Properties"]["Policies"]
    for statement in policy["PolicyDocument"]["Statement"]:
        assert "*" not in statement["Resource"]
        assert not [action for action in statement["Action"] if "*" in action]


def test_only_the_deploy_role_of_the_environment_is_handed_to_cloudformation() -> None:
    (policy,) = TEMPLATE["Resources"]["ReviewRole"]["Properties"]["Policies"]
    granted = {s["Sid"]: s for s in policy["PolicyDocument"]["Statement"]}
    (role,) = granted["PassDeployRole"]["Resource"]
    assert role["Fn::Sub"].endswith(":role/deploy-serverlessapp-${EnvironmentSuffix}")
    assert granted["PrepareChangeSet"]["Condition"]["StringEquals"] == {
        "cloudformation:RoleArn": role
    }


@pytest.mark.parametrize("name", ["team/files", "team@12/files@34", "team-12/files-34"])
def test_both_forms_of_the_subject_are_taken(name: str) -> None:
    assert re.search(TEMPLATE["Parameters"]["Repository"]["AllowedPattern"], name)


@pytest.mark.parametrize(
    "name", ["team/*", "*/files", "team", "team/files:x", "te?m/files", "a/b/c"]
)
def test_nothing_that_matches_more_is_taken(name: str) -> None:
    assert not re.search(TEMPLATE["Parameters"]["Repository"]["AllowedPattern"], name)
    assert "*" not in TEMPLATE["Parameters"]["BranchName"]["AllowedPattern"]
