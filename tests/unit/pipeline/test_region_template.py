"""What is in another Region is what the pipeline expects there."""

import json
from pathlib import Path

import pytest

from generators.render import render
from pipeline.region_template import build
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import accepts
from serverlessapp.template.reading import Json, Template, parse
from serverlessapp.validation import validate

from .rendered import (
    HOME,
    KEY,
    LARGE,
    LARGE_PARSED,
    LARGE_RESOURCES,
    OWN,
    PRODUCTION,
    RESOURCES,
    pipeline,
)

ONE_ACCOUNT: Template = parse(render(build()))
ACCOUNTS: Template = parse(render(build(delivery=LARGE)))


def made(template: Template, **parameters: str) -> set[str]:
    evaluation = Evaluation(template=template, given=parameters)
    return {resource.title for resource in evaluation.resources()}


def name_of(bucket: str, template: Template = ACCOUNTS) -> str:
    resource = template.content["Resources"][bucket]
    return str(resource["Properties"]["BucketName"]["Fn::Sub"])


def test_the_names_are_the_expected_ones() -> None:
    name = name_of("ArtifactBucket").replace("${PipelineStackName}", "${AWS::StackName}")
    _, *stores = LARGE_PARSED.content["Resources"]["Pipeline"]["Properties"]["ArtifactStores"]
    expected = {s["Region"]: s["ArtifactStore"]["Location"]["Fn::Sub"] for s in stores}
    assert expected == {region: name.replace("${AWS::Region}", region) for region in LARGE.regions}
    code = LARGE_RESOURCES["CodeBucket"]["Properties"]["BucketName"]["Fn::Sub"]
    assert name_of("CodeBucket").replace("${PipelineStackName}", "${AWS::StackName}") == code


@pytest.mark.parametrize("bucket", ["ArtifactBucket", "CodeBucket"])
def test_the_name_fits(bucket: str) -> None:
    longest = name_of(bucket).replace("${PipelineStackName}", "x" * 24)
    longest = longest.replace("${AWS::AccountId}", "1" * 12).replace("${AWS::Region}", "x" * 14)
    assert "$" not in longest
    assert len(longest) <= 63


@pytest.mark.parametrize("bucket", ["ArtifactBucket", "CodeBucket"])
def test_buckets_are_kept_like_those_at_home(bucket: str) -> None:
    there = ONE_ACCOUNT.content["Resources"][bucket]
    home = {key: v for key, v in RESOURCES[bucket]["Properties"].items() if key != "BucketName"}
    assert {key: v for key, v in there["Properties"].items() if key != "BucketName"} == home
    assert there["DeletionPolicy"] == RESOURCES[bucket]["DeletionPolicy"]
    policy = f"{bucket}Policy"
    assert (
        ACCOUNTS.content["Resources"][policy]["Properties"] == LARGE_RESOURCES[policy]["Properties"]
    )


def test_in_one_account_there_is_no_key_and_only_a_name_to_fill_in() -> None:
    assert set(ONE_ACCOUNT.content["Parameters"]) == {"PipelineStackName"}
    assert {r["Type"] for r in ONE_ACCOUNT.content["Resources"].values()} == {
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
    }


def test_the_primary_is_alone_and_replicas_are_with_buckets() -> None:
    assert made(ACCOUNTS, PrimaryKeyArn="") == {"ArtifactKey"}
    assert made(ACCOUNTS, PrimaryKeyArn=KEY) == {
        "ArtifactKeyReplica",
        *(f"{name}Bucket{part}" for name in ("Artifact", "Code") for part in ("", "Policy")),
    }
    assert ACCOUNTS.content["Resources"]["ArtifactKey"]["Properties"]["MultiRegion"] is True


@pytest.mark.parametrize(
    ("region", "primary", "is_refused"),
    [(HOME, "", False), (HOME, KEY, True), ("eu-west-1", "", True), ("eu-west-1", KEY, False)],
)
def test_the_key_is_made_at_home_and_nowhere_else(
    region: str, primary: str, is_refused: bool
) -> None:
    given = {"AWS::Region": region, "PrimaryKeyArn": primary}
    evaluation = Evaluation(template=ACCOUNTS, given=given)
    broken = [
        name
        for name, rule in ACCOUNTS.content["Rules"].items()
        if evaluation.condition(rule["RuleCondition"])
        and not evaluation.condition(rule["Assertions"][0]["Assert"])
    ]
    assert len(broken) == is_refused


def test_a_key_of_another_region_or_account_is_refused() -> None:
    for template, name in ((ACCOUNTS, "PrimaryKeyArn"), (LARGE_PARSED, "ArtifactKeyArn")):
        definition = template.content["Parameters"][name]
        assert accepts(definition, KEY)
        assert not accepts(definition, KEY.replace(HOME, "eu-west-1"))
        assert not accepts(definition, KEY.replace(OWN, PRODUCTION))
        assert not accepts(definition, KEY.replace("mrk-", ""))


@pytest.mark.parametrize("key", ["ArtifactKey", "ArtifactKeyReplica"])
def test_other_accounts_decrypt_in_roles_of_environments_and_do_no_more(key: str) -> None:
    policy = ACCOUNTS.content["Resources"][key]["Properties"]["KeyPolicy"]
    own: list[Json] = []
    foreign: list[Json] = []
    for statement in policy["Statement"]:
        principals = json.dumps(statement["Principal"])
        (own if "AWS::AccountId" in principals else foreign).append(statement)
    (statement,) = foreign
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:DescribeKey"}
    roles = statement["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert {arn["Fn::Sub"].partition("role/")[2] for arn in roles} == {
        f"{purpose}-serverlessapp-*" for purpose in ("review", "deliver", "deploy")
    }
    actions = {action for each in own for action in each["Action"]}
    assert {"kms:PutKeyPolicy", "kms:ReplicateKey", "kms:GenerateDataKey"} <= actions


def test_a_pipeline_of_one_account_and_region_needs_none() -> None:
    assert "ArtifactStores" not in pipeline()


def test_it_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "pipeline-region.yaml"
    path.write_bytes(render(build(delivery=LARGE)))
    assert not validate(path, {}).violations
