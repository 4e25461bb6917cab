"""What the command says, and other pipelines than ours."""

import json
from pathlib import Path
from typing import Any

import pytest
from serverlessapp.rules.pipelines.checks import validate

from serverlessapp.cli.main import main
from serverlessapp.template.reading import load
from tests.unit.pipeline.rendered import TEMPLATE

from .mutations import EVERYTHING, PIPELINE, SOURCE, mutated, pipeline

TEMPLATES = SOURCE / "templates"
# Makes for fewer situations where they do not matter.
FIXED = {"RequireApproval": "true", "NotificationEmail": ""}
ONE = [f"--parameter={name}={value}" for name, value in EVERYTHING.items() if "::" not in name]


@pytest.mark.parametrize("name", ["pipeline", "pipeline-region"])
def test_our_templates_have_no_findings_in_any_situation(name: str) -> None:
    template = load((TEMPLATES / f"{name}.yaml").read_bytes())
    mistakes, situations = validate(template, SOURCE)
    assert mistakes == []
    assert (situations > 1) is (name == "pipeline")


def test_a_mistake_of_one_region_is_told_with_it() -> None:
    template = mutated(lambda t: pipeline(t)["ArtifactStores"]["Fn::If"][1].pop(2))
    mistakes, _ = validate(template, SOURCE, FIXED)
    assert [mistake.path for mistake in mistakes] == [
        f"{PIPELINE}.Stages[Production].Actions[PrepareEuWest1].Region",
        f"{PIPELINE}.Stages[Production].Actions[DeployEuWest1].Region",
    ]
    assert mistakes[0].given == {"DeployToEuWest1": "true"}
    assert validate(template, SOURCE, {**FIXED, "DeployToEuWest1": "false"})[0] == []


def role(service: str) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"Service": service},
                    "Action": "sts:AssumeRole",
                }
            }
        },
    }


def kind(category: str, provider: str) -> dict[str, str]:
    return {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}


SIMPLE: dict[str, Any] = {
    "Resources": {
        "Role": role("codepipeline.amazonaws.com"),
        "BuildRole": role("codebuild.amazonaws.com"),
        "Build": {
            "Type": "AWS::CodeBuild::Project",
            "Properties": {
                "ServiceRole": {"Fn::GetAtt": ["BuildRole", "Arn"]},
                "Artifacts": {"Type": "CODEPIPELINE"},
                "Cache": {"Type": "LOCAL", "Modes": ["LOCAL_CUSTOM_CACHE"]},
                "Environment": {
                    "Type": "LINUX_CONTAINER",
                    "ComputeType": "BUILD_GENERAL1_LARGE",
                    "Image": "aws/codebuild/amazonlinux-x86_64-standard:6.0",
                    "PrivilegedMode": True,
                },
                "Source": {
                    "Type": "CODEPIPELINE",
                    "BuildSpec": "version: 0.2\n"
                    "phases:\n"
                    "  install:\n"
                    "    runtime-versions: {python: 3.13}\n"
                    "  build:\n"
                    "    commands: ['test -d $CODEBUILD_SRC_DIR_Other', 'make']\n"
                    "artifacts:\n"
                    "  secondary-artifacts:\n"
                    "    One: {files: ['a']}\n"
                    "    Two: {files: ['b']}\n",
                },
            },
        },
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "ArtifactStore": {"Type": "S3", "Location": "my-artifacts"},
                "Stages": [
                    {
                        "Name": "Source",
                        "Actions": [
                            {
                                "Name": name,
                                "ActionTypeId": kind("Source", "S3"),
                                "Configuration": {"S3Bucket": "b", "S3ObjectKey": f"{name}.zip"},
                                "OutputArtifacts": [{"Name": name}],
                            }
                            for name in ("Code", "Other")
                        ],
                    },
                    {
                        "Name": "Build",
                        "Actions": [
                            {
                                "Name": "Build",
                                "ActionTypeId": kind("Build", "CodeBuild"),
                                "RunOrder": 7,
                                "Configuration": {
                                    "ProjectName": {"Ref": "Build"},
                                    "PrimarySource": "Code",
                                },
                                "InputArtifacts": [{"Name": "Code"}, {"Name": "Other"}],
                                "OutputArtifacts": [{"Name": "One"}, {"Name": "Two"}],
                            }
                        ],
                    },
                ],
            },
        },
    }
}


def test_a_simple_pipeline_of_somebody_else_has_no_findings(tmp_path: Path) -> None:
    assert validate(SIMPLE, tmp_path) == ([], 1)


# The command


def written(template: dict[str, Any], folder: Path) -> str:
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    return str(file)


def test_no_findings_are_success(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["validate", written(TEMPLATE, tmp_path), *ONE]) == 0
    assert "0 findings in 3 combinations" in capsys.readouterr().out


def test_findings_are_told_with_their_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    template = mutated(lambda t: pipeline(t)["ArtifactStores"]["Fn::If"][1].pop(1))
    fixed = [f"--parameter={name}={value}" for name, value in FIXED.items()]
    assert main(["validate", written(template, tmp_path), *fixed]) == 1
    out = capsys.readouterr().out
    assert "Stages[Production].Actions[PrepareUsEast1].Region\n    there is no artifact" in out
    assert "\n    with DeployToUsEast1=true\n" in out
    assert "2 findings" in out


def test_json_is_for_scripts(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    template = mutated(lambda t: pipeline(t).update(ExecutionMode="PARALLEL"))
    assert main(["validate", written(template, tmp_path), "--json", *ONE]) == 1
    (mistake,) = json.loads(capsys.readouterr().out)["findings"]
    assert mistake["path"] == f"{PIPELINE}.ExecutionMode"
    assert mistake["message"].startswith("PARALLEL has no rollback")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.json"], "cannot read nowhere.json"),
        ([str(SOURCE / "setup.cfg")], "it is not YAML"),
        ([str(TEMPLATES / "pipeline.yaml"), "--parameter", "x"], "write NAME=VALUE"),
        ([str(TEMPLATES / "pipeline.yaml"), "--parameter", "X=1"], "no parameter X"),
    ],
)
def test_what_cannot_be_looked_at_is_an_error(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", *arguments]) == 2
    assert words in capsys.readouterr().err
