"""The role for taskcat: who may take it, and that it reaches stacks under test alone."""

import json
import re
from typing import Any

import pytest

from generators.render import render
from pipeline import taskcat_role
from pipeline.derivation.corrections import BEFORE_TAGS
from serverlessapp.template.reading import load

from .derived import TASKCAT

TEMPLATE = load(render(taskcat_role.build()))
ROLE = TASKCAT.properties
RUN, LEFT = ROLE["Policies"]
STATEMENTS = [*RUN["PolicyDocument"]["Statement"], *TASKCAT.statements]


def text(value: Any) -> str:
    return str(value["Fn::Sub"]) if isinstance(value, dict) else str(value)


def test_only_tests_are_within_reach() -> None:
    """By name, by tag, by function, or through a service within reach; or it is only a list."""
    names = re.compile(r"tCaT-|tcat-|serverlessapp-tcat-|Secret-|Dashboard-")
    # CloudWatch Logs knows saved queries by no name.
    unlimited = {"logs:DeleteQueryDefinition", "logs:PutQueryDefinition", *BEFORE_TAGS}
    for statement in STATEMENTS:
        by_name = all(names.search(text(resource)) for resource in statement["Resource"])
        limited = by_name or "Condition" in statement
        writes = {
            action
            for action in statement["Action"]
            if not action.partition(":")[2].startswith(("Describe", "List", "GetRandom"))
        }
        assert limited or writes <= unlimited, statement["Sid"]


def test_what_only_cloudformation_needs_code_of_a_test_may_not_do_itself() -> None:
    """Else it could tag any key that has no tags, and then delete it."""
    (statement,) = LEFT["PolicyDocument"]["Statement"]
    run = {action for each in RUN["PolicyDocument"]["Statement"] for action in each["Action"]}
    assert {*statement["NotAction"]} == run
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == ["*"]
    assert statement["Condition"] == {"Null": {"aws:CalledVia": "true"}}


def test_a_name_that_says_too_little_is_not_enough() -> None:
    for statement in STATEMENTS:
        if any(":secret:Secret-" in text(resource) for resource in statement["Resource"]):
            assert "Condition" in statement or statement["Sid"] == "LookForSecrets"


def test_stacks_are_made_and_deleted_and_not_updated() -> None:
    assert "lambda:CreateFunction" in TASKCAT.actions
    assert not {"lambda:UpdateFunctionCode", "iam:UpdateRole"} & TASKCAT.actions


def test_both_templates_can_be_made() -> None:
    """The ephemeral one calls its own function, which the retained one does not have."""
    (statement,) = TASKCAT.allowing("lambda:InvokeFunction")
    assert all(":function:tCaT-" in text(resource) for resource in statement["Resource"])


def test_the_pipelines_build_and_the_tester_may_take_it() -> None:
    (trust,) = ROLE["AssumeRolePolicyDocument"]["Statement"]
    build, tester = trust["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert ":role/${PipelineStackName}-TaskcatBuildRole-*" in text(build)
    assert tester["Fn::If"][1:] == [{"Ref": "TesterArn"}, {"Ref": "AWS::NoValue"}]
    own, other = trust["Principal"]["AWS"]
    assert text(own) == "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    assert other["Fn::If"][1:] == [
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${PipelineAccount}:root"},
        {"Ref": "AWS::NoValue"},
    ]


def test_the_builds_role_is_called_like_that() -> None:
    from .rendered import RESOURCES

    assert RESOURCES["TaskcatBuildRole"]["Type"] == "AWS::IAM::Role"


def test_the_inline_policy_fits_into_a_role() -> None:
    """IAM User Guide, "IAM and AWS STS quotas": 10,240 characters, spaces not counted."""
    longest = {
        "${AWS::Partition}": "aws-us-gov",
        "${AWS::AccountId}": "1" * 12,
        "${AWS::URLSuffix}": "amazonaws.com.cn",
    }
    written = json.dumps(RUN["PolicyDocument"], separators=(",", ":"))
    written = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", written)
    for name, value in longest.items():
        written = written.replace(name, value)
    assert "${" not in written
    assert len(written) < 10_240


@pytest.mark.parametrize("parameter", ["TesterArn", "PermissionsBoundaryArn"])
def test_what_is_optional_is_off_by_default(parameter: str) -> None:
    assert TEMPLATE["Parameters"][parameter]["Default"] == ""
