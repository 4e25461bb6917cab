"""A template becomes plain data: situations, names, buildspecs."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from serverlessapp.template.first_situations import REGION, situations
from serverlessapp.template.resolver import Resolver, UnresolvedError

from pipeline.regions import EXTRA, HOME
from serverlessapp.template.parameters import ModelError, read, values
from serverlessapp.template.pipeline.buildspec import BuildspecError, find, parse
from tests.unit.pipeline.rendered import TEMPLATE

HERE = {REGION: HOME}


def resolver(template: dict[str, Any], **given: str) -> Resolver:
    return Resolver.of({"Resources": {}, **template}, {**HERE, **given}, stack="s")


def resolved(node: Any, template: dict[str, Any] | None = None, **given: str) -> Any:
    return resolver(template or {}, **given).resolve(node, "x")


# Parameters


def test_a_parameter_has_its_default_or_an_example_that_it_accepts() -> None:
    chosen = values(TEMPLATE, {})
    assert chosen["BranchName"] == "main"
    assert chosen["RequireApproval"] == "true"
    assert ":role/" in chosen["DeployRoleArn"]
    assert ":policy/" in chosen["PermissionsBoundaryArn"]
    assert "/" in chosen["RepositoryId"]
    assert ":connection/" in chosen["ConnectionArn"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"DeployToUsEast1": "yes"}, "must be true or false"),
        ({"DeployToMars": "true"}, "no parameter DeployToMars"),
    ],
)
def test_a_value_that_cloudformation_refuses_is_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        values(TEMPLATE, given)


def test_without_a_default_or_an_example_somebody_has_to_give_a_value() -> None:
    template = {"Parameters": {"Code": {"AllowedPattern": "^[0-9]{9}$"}}}
    with pytest.raises(ModelError, match="give --parameter Code=VALUE"):
        values(template, {})
    assert values(template, {"Code": "123456789"}) == {"Code": "123456789"}


# Situations


def test_every_region_is_tried_on_and_off() -> None:
    combinations = situations(TEMPLATE, {**HERE, **values(TEMPLATE, {})})
    tried = {
        (combination[REGION], *(combination[region.parameter] for region in EXTRA))
        for combination in combinations
    }
    for chosen in product(("true", "false"), repeat=len(EXTRA)):
        assert (HOME, *chosen) in tried
    assert {combination[REGION] for combination in combinations} == {
        HOME,
        *(region.name for region in EXTRA),
    }
    assert {combination["RequireApproval"] for combination in combinations} == {"true", "false"}
    assert "" in {combination["NotificationEmail"] for combination in combinations}
    assert any(combination["NotificationEmail"] for combination in combinations)


def test_situations_in_which_the_same_conditions_hold_are_one() -> None:
    template = {
        "Parameters": {"A": {"AllowedValues": ["x", "y", "z"], "Default": "x"}},
        "Conditions": {"IsX": {"Fn::Equals": [{"Ref": "A"}, "x"]}},
    }
    assert [situation["A"] for situation in situations(template, {**HERE, "A": "x"})] == ["x", "y"]


def test_too_many_situations_are_refused() -> None:
    names = [f"P{number}" for number in range(13)]
    template = {
        "Parameters": {name: {"AllowedValues": ["x", "y"]} for name in names},
        "Conditions": {name: {"Fn::Equals": [{"Ref": name}, "x"]} for name in names},
    }
    with pytest.raises(ModelError, match="8192 combinations"):
        situations(template, {**HERE, **dict.fromkeys(names, "x")})


# Names

RESOURCES = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "b-${P}"}}},
        "Role": {"Type": "AWS::IAM::Role"},
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Project": {"Type": "AWS::CodeBuild::Project"},
        "Never": {"Type": "AWS::SNS::Topic", "Condition": "No"},
    },
    "Conditions": {"No": {"Fn::Equals": ["a", "b"]}},
    "Parameters": {"P": {}},
}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "P"}, "value"),
        ({"Ref": "AWS::StackName"}, "s"),
        ({"Ref": "Bucket"}, "s-bucket"),
        ({"Ref": "Named"}, "b-value"),
        ({"Fn::GetAtt": ["Named", "Arn"]}, "arn:aws:s3:::b-value"),
        ({"Fn::GetAtt": "Role.Arn"}, "arn:aws:iam::123456789012:role/s-Role"),
        ({"Ref": "Topic"}, "arn:aws:sns:us-west-2:123456789012:s-Topic"),
        (
            {"Fn::GetAtt": ["Project", "Arn"]},
            "arn:aws:codebuild:us-west-2:123456789012:project/s-Project",
        ),
        ({"Fn::Sub": "${Named.Arn}/*/${!x}"}, "arn:aws:s3:::b-value/*/${x}"),
        ({"Fn::Sub": ["${A}-${P}", {"A": {"Ref": "Bucket"}}]}, "s-bucket-value"),
        ({"Fn::Join": ["-", ["a", {"Ref": "P"}]]}, "a-value"),
        ({"Fn::Select": ["1", {"Fn::Split": ["a", {"Ref": "P"}]}]}, "lue"),
        ([{"a": {"Ref": "P"}}], [{"a": "value"}]),
    ],
)
def test_references_become_names(node: Any, expected: Any) -> None:
    assert resolved(node, RESOURCES, P="value") == expected


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"Ref": "Gone"}, "the template has no Gone"),
        ({"Ref": "Never"}, "does not exist under the same conditions"),
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue cannot be resolved"),
    ],
)
def test_what_cannot_be_known_is_refused_with_its_place(node: Any, words: str) -> None:
    with pytest.raises(UnresolvedError, match=words) as caught:
        resolved({"Items": [{"Name": "first", "Value": node}]}, RESOURCES, P="value")
    assert caught.value.path == "x.Items[first].Value"


# Files


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


def test_a_buildspec_is_a_file_of_the_source_or_inline(tmp_path: Path) -> None:
    (tmp_path / "buildspec.yml").write_text("phases: {build: {commands: [one]}}")
    (tmp_path / "other.json").write_text('{"phases": {"build": {"commands": ["two"]}}}')
    texts = ("", "other.json", '{"phases": {"build": {"commands": ["three"]}}}')
    commands = [list(find(text, tmp_path).commands()) for text in texts]
    assert commands == [["one"], ["two"], ["three"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("missing.yml", "no readable missing.yml in the source"),
        ("arn:aws:s3:::bucket/buildspec.yml", "is in a bucket"),
        ("a: [\n", "not YAML in line 2"),
        ("- a\n- b\n", "has no sections"),
    ],
)
def test_what_is_no_buildspec_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BuildspecError, match=words):
        find(text, tmp_path)


def test_commands_come_in_the_order_of_the_phases() -> None:
    spec = parse(
        "phases:\n"
        "  build: {commands: [build], finally: [always]}\n"
        "  install: {commands: [install]}\n",
        "inline",
    )
    assert list(spec.commands()) == ["install", "build", "always"]


def test_one_output_is_the_main_artifact_and_several_are_secondary() -> None:
    spec = parse("artifacts:\n  files: [a]\n  secondary-artifacts: {Two: {files: [b]}}\n", "inline")
    assert spec.artifact("One", alone=True)["files"] == ["a"]
    assert spec.artifact("Two", alone=True)["files"] == ["b"]
    assert not spec.artifact("One", alone=False)
