"""Pipelines after those that people write: nothing is wrong, until something is broken."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.loops import written_out
from serverlessapp.template.pipeline.delivery import PIPELINE, PROJECT, ROLE, deliveries
from serverlessapp.template.reading import Template, read
from serverlessapp.validation import validate

from .mutations import Json, found

pytestmark = pytest.mark.once

CORPUS = {path.stem: path for path in sorted((Path(__file__).parent / "corpus").iterdir())}
Break = Callable[[Any], object]


def content(name: str) -> Json:
    """Return a template of the corpus, without loops."""
    return written_out(Evaluation(template=read(CORPUS[name]))).content


def test_there_are_enough() -> None:
    assert len(CORPUS) >= 20


@pytest.mark.parametrize("name", CORPUS)
def test_nothing_is_wrong(name: str) -> None:
    template = content(name)
    assert found(template, None) == []
    ways = deliveries(Evaluation(template=Template(content=template)))
    made = sum(each["Type"] == PIPELINE for each in template["Resources"].values())
    assert all(len(way.pipelines) == made for way in ways), "or nothing was looked at"


@pytest.mark.parametrize("name", CORPUS)
def test_the_whole_command_takes_it(name: str) -> None:
    assert not validate(CORPUS[name], {}).failed


# What is broken: where it can be, how, and which rule finds it.


def objects(node: Any) -> Iterator[Json]:
    """Yield every object in a template."""
    if isinstance(node, dict):
        yield node
    for item in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(item)


def actions(provider: str = "", **configuration: str) -> Callable[[Json], list[Json]]:
    def chosen(template: Json) -> list[Json]:
        return [
            each
            for each in objects(template)
            if "ActionTypeId" in each
            and each["ActionTypeId"]["Owner"] == "AWS"
            and each["ActionTypeId"]["Provider"]
            in (provider, provider or each["ActionTypeId"]["Provider"])
            and configuration.items() <= each.get("Configuration", {}).items()
        ]

    return chosen


def of_type(kind: str, **properties: Any) -> Callable[[Json], list[Json]]:
    def chosen(template: Json) -> list[Json]:
        return [
            each["Properties"]
            for each in template["Resources"].values()
            if each["Type"] == kind and properties.items() <= each["Properties"].items()
        ]

    return chosen


def projects(artifacts: str) -> Callable[[Json], list[Json]]:
    return lambda template: [
        each for each in of_type(PROJECT)(template) if each["Artifacts"]["Type"] == artifacts
    ]


def building(text: str) -> Break:
    return lambda project: project["Source"].update(BuildSpec=f"version: 0.2\n{text}\n")


FOR_PIPELINES = projects("CODEPIPELINE")
REQUIRED = {
    *("ApplicationName", "ClusterName", "DevicePoolArn", "ECRRepositoryName", "FunctionName"),
    *("InspectorRunMode", "InstanceType", "OAuthToken", "ProductId", "Regions", "StackSetName"),
    "Environment",
}


def having(key: str) -> Callable[[Json], list[Json]]:
    return lambda template: [each for each in objects(template) if key in each]


BREAKS: dict[str, tuple[Callable[[Json], list[Json]], Break, str]] = {
    "no such provider": (
        actions(),
        lambda action: action["ActionTypeId"].update(Provider="CodeBuilder"),
        "E9206",
    ),
    "a key that CodeBuild does not know": (
        actions("CodeBuild"),
        lambda action: action["Configuration"].update(Project="x"),
        "E9206",
    ),
    "a provider that nobody knows": (
        actions(),
        lambda action: action["ActionTypeId"].update(Provider="Zzz"),
        "W9206",
    ),
    "a key that nobody knows": (
        actions("CodeBuild"),
        lambda action: action["Configuration"].update(Zzz="x"),
        "W9206",
    ),
    "a key that is missing": (
        actions("CodeCommit"),
        lambda action: action["Configuration"].pop("BranchName"),
        "E9206",
    ),
    "a configuration that is an object": (
        actions("CloudFormation"),
        lambda action: action["Configuration"].update(ParameterOverrides={"A": "b"}),
        "E9206",
    ),
    "nothing that a provider requires": (
        lambda t: [
            each
            for each in objects(t)
            if "ActionTypeId" in each
            and each["ActionTypeId"]["Owner"] != "Custom"
            and REQUIRED & each.get("Configuration", {}).keys()
        ],
        lambda action: [action["Configuration"].pop(key, None) for key in REQUIRED],
        "E9206",
    ),
    "another owner": (
        lambda t: [each for each in objects(t) if each.get("Provider") == "GitHub"],
        lambda kind: kind.update(Owner="AWS"),
        "E9206",
    ),
    "another version": (
        actions("CodeBuild"),
        lambda action: action["ActionTypeId"].update(Version="2"),
        "E9206",
    ),
    "a URL of a repository": (
        having("FullRepositoryId"),
        lambda configuration: configuration.update(FullRepositoryId="https://github.com/a/b"),
        "E9206",
    ),
    "neither true nor false": (
        having("DetectChanges"),
        lambda configuration: configuration.update(DetectChanges="no"),
        "E9206",
    ),
    "a file without a name": (
        actions("S3", Extract="false"),
        lambda action: action["Configuration"].pop("ObjectKey"),
        "E9206",
    ),
    "a bucket by its ARN": (
        having("BucketName"),
        lambda configuration: configuration.update(BucketName={"Fn::GetAtt": ["Site", "Arn"]}),
        "E9206",
    ),
    "a store by its ARN": (
        having("ArtifactStore"),
        lambda around: around["ArtifactStore"].update(Location={"Fn::GetAtt": ["Site", "Arn"]}),
        "E9221",
    ),
    "a namespace with a dot": (
        actions("CodeBuild"),
        lambda action: action.update(Namespace="a.b"),
        "E9221",
    ),
    "an approval that takes too long": (
        actions("Manual"),
        lambda action: action.update(TimeoutInMinutes=100_000),
        "E9221",
    ),
    "deployments of V2 in V1": (
        lambda t: [each for each in of_type(PIPELINE)(t) if "'Kubectl'" in str(each)],
        lambda pipeline: pipeline.update(PipelineType="V1", Stages=pipeline["Stages"][::2]),
        "E9204",
    ),
    "a stack of no possible name": (
        having("ActionMode"),
        lambda configuration: configuration.update(StackName="my_app"),
        "E9215",
    ),
    "a batch without a role": (
        lambda t: having("BatchEnabled")(t) and having("BuildBatchConfig")(t)[-1:],
        lambda project: project.pop("BuildBatchConfig"),
        "E9207",
    ),
    "a batch of no builds": (
        lambda t: having("BatchEnabled")(t) and having("BuildBatchConfig")(t)[-1:],
        building("phases: {build: {commands: [make]}}"),
        "E9207",
    ),
    "a batch with the pipeline's role": (
        lambda t: having("BuildBatchConfig")(t) if "PipelineRole" in t["Resources"] else [],
        lambda project: project.update(
            BuildBatchConfig={"ServiceRole": {"Fn::GetAtt": ["PipelineRole", "Arn"]}}
        ),
        "E9220",
    ),
    "a source without a place": (
        lambda t: [
            each
            for each in of_type(PROJECT)(t)
            if "Location" in each["Source"] and each["Source"]["Type"] != "CODECOMMIT"
        ],
        lambda project: project["Source"].pop("Location"),
        "E9203",
    ),
    "a file of no source": (
        lambda t: [each for each in of_type(PROJECT)(t) if each["Source"]["Type"] == "NO_SOURCE"],
        lambda project: project["Source"].update(BuildSpec="buildspec.yml"),
        "E9203",
    ),
    "a second source without a name": (
        having("SecondarySources"),
        lambda project: project["SecondarySources"][0].pop("SourceIdentifier"),
        "E9203",
    ),
    "second artifacts for the pipeline": (
        having("SecondaryArtifacts"),
        lambda project: project["SecondaryArtifacts"][0].update(Type="CODEPIPELINE"),
        "E9203",
    ),
    "a cache without a bucket": (
        of_type(PROJECT),
        lambda project: project.update(Cache={"Type": "S3"}),
        "E9203",
    ),
    "a badge of a pipeline's build": (
        FOR_PIPELINES,
        lambda project: project.update(BadgeEnabled=True),
        "E9203",
    ),
    "a webhook of a pipeline's build": (
        FOR_PIPELINES,
        lambda project: project.update(Triggers={"Webhook": True}),
        "E9203",
    ),
    "a status for nobody": (
        FOR_PIPELINES,
        lambda project: project["Source"].update(ReportBuildStatus="true"),
        "E9203",
    ),
    "encryption of nothing": (
        projects("NO_ARTIFACTS"),
        lambda project: project["Artifacts"].update(EncryptionDisabled=True),
        "E9203",
    ),
    "a webhook of no event": (
        having("FilterGroups"),
        lambda hook: hook.update(FilterGroups=[[{"Type": "HEAD_REF", "Pattern": "main"}]]),
        "E9203",
    ),
    "a filter of no type": (
        having("FilterGroups"),
        lambda hook: hook["FilterGroups"][0].append({"Type": "BRANCH", "Pattern": "main"}),
        "E9221",
    ),
    "CodeBuild's image with one's own credentials": (
        of_type(PROJECT),
        lambda project: project["Environment"].update(
            Image="aws/codebuild/standard:7.0", ImagePullCredentialsType="SERVICE_ROLE"
        ),
        "E9210",
    ),
    "Windows on a small machine": (
        FOR_PIPELINES,
        lambda project: project["Environment"].update(
            Type="WINDOWS_SERVER_2019_CONTAINER", ComputeType="BUILD_GENERAL1_SMALL"
        ),
        "E9208",
    ),
    "variables that are a list": (
        of_type(PROJECT),
        building("env: {variables: [A]}\nphases: {build: {commands: [make]}}"),
        "E9211",
    ),
    "a phase that is a list": (of_type(PROJECT), building("phases: {build: [make]}"), "E9211"),
    "a rule without commands": (
        lambda t: [each for each in having("RuleTypeId")(t) if "Commands" in each],
        lambda rule: rule.pop("Commands"),
        "E9218",
    ),
    "a primary source that is no input": (
        lambda t: [each for each in objects(t) if "PrimarySource" in each],
        lambda configuration: configuration.update(PrimarySource="NOPE"),
        "E9207",
    ),
    "variables that are no JSON": (
        actions("CodeBuild"),
        lambda action: action["Configuration"].update(EnvironmentVariables="A=b"),
        "E9207",
    ),
    "a change set that nothing makes": (
        actions("CloudFormation", ActionMode="CHANGE_SET_EXECUTE", StackName="one"),
        lambda action: action["Configuration"].update(ChangeSetName="others"),
        "E9216",
    ),
    "a change set that is executed at once": (
        actions("CloudFormation", ActionMode="CHANGE_SET_EXECUTE"),
        lambda action: action.update(RunOrder=1),
        "E9216",
    ),
    "no role for CloudFormation": (
        actions("CloudFormation", ActionMode="CHANGE_SET_REPLACE"),
        lambda action: action["Configuration"].pop("RoleArn"),
        "E9215",
    ),
    "no such mode": (
        actions("CloudFormation"),
        lambda action: action["Configuration"].update(ActionMode="EXECUTE"),
        "E9215",
    ),
    "a file of no input": (
        actions("CloudFormation", ActionMode="CHANGE_SET_REPLACE"),
        lambda action: action["Configuration"].update(TemplateConfiguration="NOPE::x.json"),
        "E9215",
    ),
    "parameters of a stack set from no input": (
        actions("CloudFormationStackSet"),
        lambda action: action["Configuration"].update(Parameters="NOPE::x.json"),
        "E9215",
    ),
    "an image of no input": (
        actions("CodeDeployToECS"),
        lambda action: action["Configuration"].update(Image1ArtifactName="NOPE"),
        "E9215",
    ),
    "a parameter out of no input": (
        actions("CloudFormation", StackName="one"),
        lambda action: action["Configuration"].update(
            ParameterOverrides='{"A": {"Fn::GetParam": ["NOPE", "x.json", "A"]}}'
        ),
        "E9217",
    ),
    "overrides that are a list": (
        actions("CloudFormation"),
        lambda action: action["Configuration"].update(ParameterOverrides="[]"),
        "E9217",
    ),
    "a variable of nobody": (
        lambda t: having("CustomData")(t),
        lambda configuration: configuration.update(CustomData="#{Nobody.TAG}"),
        "E9213",
    ),
    "a Region without a store": (
        lambda t: [each for each in actions("S3")(t) if "Region" in each],
        lambda action: action.update(Region="ap-south-1"),
        "E9202",
    ),
    "a RunOrder of zero": (actions(), lambda action: action.update(RunOrder=0), "E9221"),
    "a timeout of a build": (
        actions("CodeBuild"),
        lambda action: action.update(TimeoutInMinutes=5),
        "E9206",
    ),
    "a size of Lambda": (
        of_type(PROJECT),
        lambda project: project["Environment"].update(
            Type="LINUX_CONTAINER", ComputeType="BUILD_LAMBDA_1GB"
        ),
        "E9208",
    ),
    "no such image": (
        of_type(PROJECT),
        lambda project: project["Environment"].update(Image="aws/codebuild/standart:7.0"),
        "E9210",
    ),
    "no such type": (
        of_type(PROJECT),
        lambda project: project["Environment"].update(Type="LINUX"),
        "E9221",
    ),
    "artifacts of another kind": (
        of_type(PROJECT, Artifacts={"Type": "CODEPIPELINE"}),
        lambda project: project["Artifacts"].update(Type="NO_ARTIFACTS"),
        "E9209",
    ),
    "a buildspec with a slip": (
        of_type(PROJECT),
        lambda project: project["Source"].update(
            BuildSpec={"Fn::Sub": "version: 0.2\nphases: {biuld: {commands: ['${AWS::Region}']}}\n"}
        ),
        "E9211",
    ),
    "a buildspec of the old version": (
        of_type(PROJECT),
        lambda project: project["Source"].update(
            BuildSpec="version: 0.1\nphases: {build: {commands: [make]}}\n"
        ),
        "W9211",
    ),
    "triggers in V1": (
        lambda t: [each for each in of_type(PIPELINE)(t) if "Triggers" in each],
        lambda pipeline: pipeline.update(PipelineType="V1"),
        "E9204",
    ),
    "a trigger of no source": (
        having("SourceActionName"),
        lambda git: git.update(SourceActionName="NOPE"),
        "E9205",
    ),
    "a stage that an alarm skips": (
        having("BeforeEntry"),
        lambda stage: stage["BeforeEntry"]["Conditions"][0]["Rules"][0].update(
            RuleTypeId={"Category": "Rule", "Owner": "AWS", "Provider": "CloudWatchAlarm"}
        ),
        "E9218",
    ),
    "a rollback of parallel executions": (
        lambda t: [each for each in of_type(PIPELINE)(t) if "Triggers" in each],
        lambda pipeline: (
            pipeline.update(ExecutionMode="PARALLEL"),
            pipeline["Stages"][-1].update(OnFailure={"Result": "ROLLBACK"}),
        ),
        "E9219",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_found(name: str) -> None:
    places, damage, rule = BREAKS[name]
    broken = 0
    for each in CORPUS:
        whole = content(each)
        for number in range(len(places(whole))):
            template = deepcopy(whole)
            damage(places(template)[number])
            assert rule in {id_ for id_, _, _ in found(template, None)}, (each, number)
            broken += 1
    assert broken


def test_a_role_that_trusts_somebody_else_is_found() -> None:
    broken = 0
    for each in CORPUS:
        whole = content(each)
        for title in (title for title, item in whole["Resources"].items() if item["Type"] == ROLE):
            if f'"{title}"' in str(whole["Resources"]).replace("'", '"'):
                template = deepcopy(whole)
                template["Resources"][title]["Properties"]["AssumeRolePolicyDocument"] = {
                    "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}
                }
                found_rules = {id_ for id_, _, _ in found(template, None)}
                broken += "E9220" in found_rules
    assert broken >= 6


def test_a_build_may_make_change_sets() -> None:
    makes = "aws cloudformation deploy --template-file app.yaml --no-execute-changeset"
    template = content("two-pipelines")
    for action in actions("CloudFormation", ActionMode="CHANGE_SET_EXECUTE")(template):
        action["Configuration"]["ChangeSetName"] = "of-the-build"
    assert "E9216" in {id_ for id_, _, _ in found(template, None)}
    building(f"phases: {{build: {{commands: ['{makes}']}}}}")(of_type(PROJECT)(template)[0])
    assert "E9216" not in {id_ for id_, _, _ in found(template, None)}
