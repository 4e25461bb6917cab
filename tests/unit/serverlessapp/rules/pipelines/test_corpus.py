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
