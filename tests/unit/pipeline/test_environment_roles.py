"""The roles that the pipeline takes in an environment: their names, their trust, their reach."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from generators import lanes
from generators.editions import Edition
from generators.render import render
from pipeline import deploy_role, names, taskcat_role, update_role
from pipeline.steps.verify import name_of
from serverlessapp.processors.definition import read_all
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import referred
from serverlessapp.template.reading import load, parse
from tests.fixture_lanes import lane

from .derived import DEPLOY

TAKEN = {
    names.REVIEW: "PipelineRole-",
    names.DELIVER: "PipelineRole-",
    names.INSPECT: "InspectBuildRole-",
    names.VERIFY: "VerifyprodBuild",
}
KEY_ACTIONS = ("kms:Decrypt", "kms:DescribeKey")
GUARDED = ("iam:", "lambda:", "kms:CreateKey", "sts:")


def properties(
    purpose: str, account: str = "", edition: Edition = Edition.RETAINED, **more: str
) -> dict[str, Any]:
    """Return a role as it is with the pipeline in an account, this being 222222222222."""
    parsed = parse(render(deploy_role.build(edition=edition)))
    form = {"EnvironmentSuffix": "prod", "PipelineStackName": "pipe", "PipelineAccount": account}
    form |= more
    given = referred(parsed.content, {"Encryption": "CustomerManaged", "CodeBucket": "", **form})
    known = {"AWS::Partition": "aws", "AWS::AccountId": "222222222222"}
    evaluation = Evaluation(template=parsed, given=given | known)
    (role,) = (r for r in evaluation.resources() if r.title == f"{purpose.capitalize()}Role")
    return dict(role.properties)


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    documents = [each["PolicyDocument"] for each in role["Policies"] if isinstance(each, dict)]
    return [statement for document in documents for statement in document["Statement"]]


@pytest.mark.parametrize("account", ["", "222222222222", "111111111111"])
@pytest.mark.parametrize("purpose", TAKEN)
def test_one_role_of_the_pipeline_takes_it_under_a_fixed_name(purpose: str, account: str) -> None:
    role = properties(purpose, account)
    assert role["RoleName"] == f"{purpose}-serverlessapp-prod"
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    begin = f"arn:aws:iam::{account or '222222222222'}:"
    assert trust["Principal"] == {"AWS": f"{begin}root"}
    who = {"aws:PrincipalArn": f"{begin}role/pipe-{TAKEN[purpose]}*"}
    assert trust["Condition"] == {"ArnLike": who}


def named(stack: str, logical_id: str) -> str:
    """Return the name that CloudFormation gives a role, with what it cuts of the longer part."""
    room = 64 - 13 - 1
    kept = logical_id[: max(room // 2, room - len(stack))]
    return f"{stack}-{kept}-1a2B3c4D5e6F"


@pytest.mark.parametrize("environment", ["x", "xb", "x-b", "eu-1", "ab-cdefghijk", "e" * 12])
@pytest.mark.parametrize("stack", ["pipe", "p" * 24])
def test_only_the_build_of_its_own_environment_verifies(environment: str, stack: str) -> None:
    role = properties(names.VERIFY, EnvironmentSuffix=environment)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    pattern = trust["Condition"]["ArnLike"]["aws:PrincipalArn"].rpartition("/")[2]
    pattern = pattern.replace("pipe-", f"{stack}-", 1)
    trusted = {
        other
        for other in ("x", "xb", "x-b", "xxb", "eu-1", "eu1", "ab-cdefghijk", "e" * 12, "e" * 11)
        if fnmatchcase(named(stack, f"{names.verifier(other)}BuildRole"), pattern)
    }
    assert trusted == {environment}


def test_verify_puts_nothing_but_samples() -> None:
    (putting,) = (
        each for each in statements(properties(names.VERIFY)) if "s3:PutObject" in each["Action"]
    )
    (files,) = putting["Resource"]
    prefix = "uploads/"  # at the least; see ``generators.parameters``
    below = files.partition("/")[2]
    for processor in read_all(lanes.PROCESSORS):
        assert fnmatchcase(prefix + name_of(processor, "0f"), below)
    assert not fnmatchcase("uploads/reports/a.csv", below)


@pytest.mark.parametrize("purpose", (names.REVIEW, names.DELIVER))
@pytest.mark.parametrize("account", ["", "222222222222", "111111111111"])
def test_a_key_is_used_only_of_another_account(purpose: str, account: str) -> None:
    of_keys = [s for s in statements(properties(purpose, account)) if "kms" in str(s)]
    used = {action: s["Resource"] for s in of_keys for action in s["Action"]}
    there = {name: ["arn:aws:kms:*:111111111111:key/*"] for name in KEY_ACTIONS}
    assert used == (there if account == "111111111111" else {})


@pytest.mark.parametrize("purpose", (names.REVIEW, names.DELIVER))
def test_a_change_set_is_looked_at_before_there_is_a_stack(purpose: str) -> None:
    """Under the condition of a name, AWS has refused the first (aws/aws-cdk#1034)."""
    (looking,) = (
        statement
        for statement in statements(properties(purpose))
        if "cloudformation:DescribeChangeSet" in statement["Action"]
    )
    assert "Condition" not in looking


def test_only_deliver_executes_and_only_what_it_made() -> None:
    executing = {
        purpose: statement["Condition"]["StringEquals"]["cloudformation:ChangeSetName"]
        for purpose in TAKEN
        for statement in statements(properties(purpose))
        if "cloudformation:ExecuteChangeSet" in statement["Action"]
    }
    assert executing == {names.DELIVER: "deploy"}


@pytest.mark.parametrize("purpose", TAKEN)
def test_none_makes_changes_by_itself(purpose: str) -> None:
    """All but to hand CloudFormation its role, and to upload a sample."""
    allowed = {a for s in statements(properties(purpose)) for a in s["Action"]}
    assert {a for a in allowed if a.startswith(GUARDED)} <= {"iam:PassRole"}
    assert "s3:PutObject" not in allowed or purpose == names.VERIFY
    assert not {a for a in allowed if ":Delete" in a} - {"cloudformation:DeleteChangeSet"}


@pytest.mark.parametrize("key", ["", "arn:aws:kms:eu-west-1:111111111111:key/0f"])
def test_in_a_bucket_that_is_there_it_writes_samples_alone(key: str) -> None:
    given = {"SourceBucket": "somebody-s", "SourceKeyArn": key, "Encryption": "AwsManaged"}
    role = properties(names.VERIFY, "", Edition.EXISTING_BUCKET, **given)
    found = {each["Sid"]: each for each in statements(role)}
    (pattern,) = found["UploadSamples"]["Resource"]
    sample = name_of(lane().processor, "0f")
    assert fnmatchcase(f"arn:aws:s3:::somebody-s/in/eu/{sample}", pattern)
    assert not fnmatchcase("arn:aws:s3:::somebody-s/in/eu/a.txt", pattern)
    assert not fnmatchcase(f"arn:aws:s3:::another/in/eu/{sample}", pattern)
    assert [found[name]["Resource"] for name in ("UseSourceKey",) if name in found] == (
        [[key]] if key else []
    )


def test_code_takes_what_is_derived_for_a_teams_own_bucket() -> None:
    role = DEPLOY.properties["Policies"]
    here, across = role[0], role[1]["Fn::If"][1]
    inline = [s for p in (here, across) for s in p["PolicyDocument"]["Statement"]]
    derived = DEPLOY.policies[deploy_role.CODE]["Statement"]
    own, other = ({a for each in source for a in each["Action"]} for source in (inline, derived))
    assert own == other == {"kms:Decrypt", "s3:GetObject"}


def test_names_begin_as_no_stack_does() -> None:
    """An environment's deploy role reaches what begins with its stack's name and a hyphen."""
    for build in (deploy_role.build, taskcat_role.build, update_role.build):
        for resource in load(render(build()))["Resources"].values():
            content = resource["Properties"]
            for given in ("RoleName", "ManagedPolicyName"):
                if given in content:
                    assert not str(content[given]).startswith("serverlessapp-")
    assert len(names.role(names.DELIVER, "e" * 12)) <= 64
