"""Mistakes that nobody notices before a pipeline is deployed, or runs: a rule finds each."""

import json
from collections import Counter

import pytest
from cfnlint.api import ManualArgs, lint

from .mutations import (
    PIPELINE,
    Mutation,
    action,
    at,
    configuration,
    found,
    mutated,
    pipeline,
    project,
    readable,
    rewrite,
    rule,
    stage,
)

pytestmark = pytest.mark.once

LONG = json.dumps({"PermissionsBoundaryArn": "x" * 1100})

MISTAKES: dict[
    str, tuple[Mutation, str, str]
] = {  # what is done, where it shows, which rule finds it
    # artifacts
    "an input that nothing makes": (
        lambda t: action(t, "Test", "Taskcat")["InputArtifacts"].__setitem__(0, {"Name": "Sauce"}),
        at("Test", "Taskcat", "InputArtifacts[Sauce]"),
        "E3701",
    ),
    "an input made in the same step": (
        lambda t: action(t, "Build", "UnitTests")["InputArtifacts"].append({"Name": "Package"}),
        at("Build", "UnitTests", "InputArtifacts[Package]"),
        "E9201",
    ),
    "an input made in a later stage": (
        lambda t: pipeline(t)["Stages"].sort(key=lambda stage: stage["Name"] == "Build"),
        at("Publish", "Publish", "InputArtifacts[Package]"),
        "E3701",
    ),
    "an output made twice": (
        lambda t: action(t, "Build", "UnitTests").update(OutputArtifacts=[{"Name": "Package"}]),
        at("Build", "UnitTests", "OutputArtifacts[Package]"),
        "E3701",
    ),
    # stores
    "no store in a Region": (
        lambda t: pipeline(t)["ArtifactStores"].pop(3),
        at("DeployProd", "PrepareUsEast1", "Region"),
        "E9202",
    ),
    "a store in a Region without actions": (
        lambda t: pipeline(t)["ArtifactStores"].append(
            {"Region": "ap-south-1", "ArtifactStore": {"Type": "S3", "Location": "somewhere"}}
        ),
        f"{PIPELINE}.ArtifactStores[4]",
        "W9202",
    ),
    "no store at home": (
        lambda t: pipeline(t)["ArtifactStores"].pop(0),
        f"{PIPELINE}.ArtifactStores",
        "E9202",
    ),
    "both kinds of stores": (
        lambda t: pipeline(t).update(ArtifactStore={"Type": "S3", "Location": "x"}),
        f"{PIPELINE}.ArtifactStore",
        "E3014",
    ),
    # builds
    "a project of another name": (
        lambda t: configuration(t, "Test", "Taskcat").update(ProjectName="taskcat"),
        at("Test", "Taskcat", "Configuration.ProjectName"),
        "W9207",
    ),
    "a reference to no project": (
        lambda t: configuration(t, "Test", "Taskcat").update(ProjectName={"Ref": "Tests"}),
        at("Test", "Taskcat", "Configuration.ProjectName"),
        "E1020",
    ),
    "a primary source that is no input": (
        lambda t: configuration(t, "Publish", "Publish").update(PrimarySource="Sources"),
        at("Publish", "Publish", "Configuration.PrimarySource"),
        "E9207",
    ),
    "two inputs and no primary source": (
        lambda t: configuration(t, "Publish", "Publish").pop("PrimarySource"),
        at("Publish", "Publish", "Configuration"),
        "E9207",
    ),
    "a folder of an artifact that is no input": (
        lambda t: action(t, "Publish", "Publish")["InputArtifacts"].pop(),
        at("Publish", "Publish", "InputArtifacts"),
        "E9207",
    ),
    "a folder variable of the primary source": (
        rewrite("Publish", "SRC_DIR_Package", "SRC_DIR_Source"),
        at("Publish", "Publish", "InputArtifacts"),
        "E9207",
    ),
    "an output that the buildspec does not make": (
        lambda t: (
            action(t, "Test", "Taskcat").update(OutputArtifacts=[{"Name": "Reports"}]),
            action(t, "Publish", "Publish")["InputArtifacts"].append({"Name": "Reports"}),
        ),
        at("Test", "Taskcat", "OutputArtifacts[Reports]"),
        "E9207",
    ),
    "a project that is not for pipelines": (
        lambda t: project(t, "Taskcat")["Artifacts"].update(Type="NO_ARTIFACTS"),
        "Resources.Taskcat.Properties.Artifacts.Type",
        "E9209",
    ),
    "variables of a build that are no list": (
        lambda t: configuration(t, "Publish", "Publish").update(
            EnvironmentVariables='{"VERSION": "1"}'
        ),
        at("Publish", "Publish", "Configuration.EnvironmentVariables"),
        "E9207",
    ),
    "variables of a build that are no JSON": (
        lambda t: configuration(t, "Publish", "Publish").update(EnvironmentVariables="VERSION=1"),
        at("Publish", "Publish", "Configuration.EnvironmentVariables"),
        "E9207",
    ),
    # variables
    "a variable that is not exported": (
        lambda t: configuration(t, "ReviewProd", "Approve").update(CustomData="#{Package.Sum}"),
        at("ReviewProd", "Approve", "Configuration.CustomData"),
        "E9213",
    ),
    "no namespace": (
        lambda t: action(t, "Build", "Package").pop("Namespace"),
        at("Publish", "Publish", "Configuration.EnvironmentVariables"),
        "E9213",
    ),
    "a variable that comes later": (
        lambda t: configuration(t, "Build", "UnitTests").update(
            EnvironmentVariables='[{"name":"V","value":"#{Package.VERSION}"}]'
        ),
        at("Build", "UnitTests", "Configuration.EnvironmentVariables"),
        "E9213",
    ),
    "a namespace given twice": (
        lambda t: action(t, "Test", "Taskcat").update(Namespace="Package"),
        at("Test", "Taskcat", "Namespace"),
        "E9213",
    ),
    "a variable that no source has": (
        lambda t: configuration(t, "ReviewProd", "Approve").update(CustomData="#{Source.Commit}"),
        at("ReviewProd", "Approve", "Configuration.CustomData"),
        "E9213",
    ),
    "an exported variable that is never set": (
        rewrite("Package", "    - VERSION\n", "    - VERSION\n    - DIGEST\n"),
        "Resources.Package.Properties.Source.BuildSpec",
        "E9214",
    ),
    # projects
    "a container's size on Lambda": (
        lambda t: project(t, "Package")["Environment"].update(ComputeType="BUILD_GENERAL1_SMALL"),
        "Resources.Package.Properties.Environment.ComputeType",
        "E9208",
    ),
    "an image of another architecture": (
        lambda t: project(t, "Taskcat")["Environment"].update(
            Image="aws/codebuild/amazonlinux-x86_64-standard:6.0"
        ),
        "Resources.Taskcat.Properties.Environment.Image",
        "E9210",
    ),
    "a container's image on Lambda": (
        lambda t: project(t, "Package")["Environment"].update(
            Image="aws/codebuild/amazonlinux-aarch64-standard:4.0"
        ),
        "Resources.Package.Properties.Environment.Image",
        "E9210",
    ),
    "an image that does not exist": (
        lambda t: project(t, "Package")["Environment"].update(
            Image="aws/codebuild/amazonlinux-aarch64-lambda:python3.13"
        ),
        "Resources.Package.Properties.Environment.Image",
        "E9210",
    ),
    "an environment that does not exist": (
        lambda t: project(t, "Package")["Environment"].update(Type="ARM64_CONTAINER"),
        "Resources.Package.Properties.Environment.Type",
        "E9221",
    ),
    "a timeout on Lambda": (
        lambda t: project(t, "Package").update(TimeoutInMinutes=30),
        "Resources.Package.Properties.TimeoutInMinutes",
        "E9208",
    ),
    "a cache on Lambda": (
        lambda t: project(t, "Package").update(Cache={"Type": "LOCAL"}),
        "Resources.Package.Properties.Cache",
        "E9208",
    ),
    "root on Lambda": (
        lambda t: project(t, "Package")["Environment"].update(PrivilegedMode=True),
        "Resources.Package.Properties.Environment.PrivilegedMode",
        "E9208",
    ),
    "a timeout that is too short": (
        lambda t: project(t, "Taskcat").update(TimeoutInMinutes=1),
        "Resources.Taskcat.Properties.TimeoutInMinutes",
        "E3034",
    ),
    "a variable with CodeBuild's prefix": (
        lambda t: project(t, "Publish")["Environment"]["EnvironmentVariables"].append(
            {"Name": "CODEBUILD_BUCKET", "Value": "x"}
        ),
        "Resources.Publish.Properties.Environment.EnvironmentVariables[CODEBUILD_BUCKET]",
        "E9208",
    ),
    # buildspecs
    "a buildspec that is not in the source": (
        lambda t: project(t, "Package")["Source"].update(BuildSpec="buildspecs/package.yml"),
        "Resources.Package.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a buildspec that is no YAML": (
        rewrite("UnitTests", "phases:", "phases: {"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a buildspec of an old version": (
        rewrite("UnitTests", "version: 0.2", "version: 0.1"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "W9211",
    ),
    "a virtual environment that pip does not install into": (
        rewrite("Package", "PIP_CONFIG_FILE:", "PIP_RETRIES:"),
        "Resources.Package.Properties.Source.BuildSpec",
        "W9210",
    ),
    "an unknown reaction to a failure": (
        rewrite("UnitTests", "  build:\n", "  build:\n    on-failure: GO_ON\n"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "E9211",
    ),
    "an unknown shell": (
        rewrite("UnitTests", "env:\n", "env:\n  shell: fish\n"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "E9211",
    ),
    "an unknown kind of batch": (
        rewrite("UnitTests", "phases:\n", "batch:\n  build-tree: {}\nphases:\n"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a cache in the buildspec of a build on Lambda": (
        rewrite("Package", "phases:\n", "cache:\n  paths: [x]\nphases:\n"),
        "Resources.Package.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a phase that does not exist": (
        rewrite("UnitTests", "  build:\n", "  test:\n"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a section that does not exist": (
        rewrite("Package", "artifacts:", "artefacts:"),
        "Resources.Package.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a command that is no text": (
        rewrite("Package", "make .venv/bin/tox", "echo: done"),
        "Resources.Package.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a report of no known format": (
        rewrite("UnitTests", "JUNITXML", "JUNIT"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "E9211",
    ),
    "a report without a group": (
        rewrite("UnitTests", "  junit:", "  pytest:"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "W9212",
    ),
    "runtime versions on Lambda": (
        rewrite("Package", "  install:\n", "  install:\n    runtime-versions: {python: 3.13}\n"),
        "Resources.Package.Properties.Source.BuildSpec",
        "E9211",
    ),
    # actions
    "a provider that does not exist": (
        lambda t: action(t, "Test", "Taskcat")["ActionTypeId"].update(Provider="CodeBuilder"),
        at("Test", "Taskcat", "ActionTypeId"),
        "E9206",
    ),
    "a provider of another category": (
        lambda t: action(t, "Test", "Taskcat")["ActionTypeId"].update(Category="Deploy"),
        at("Test", "Taskcat", "ActionTypeId"),
        "E9206",
    ),
    "a configuration that means nothing": (
        lambda t: configuration(t, "Source", "Source").update(Branch="main"),
        at("Source", "Source", "Configuration.Branch"),
        "E9206",
    ),
    "a configuration that is missing": (
        lambda t: configuration(t, "Source", "Source").pop("FullRepositoryId"),
        at("Source", "Source", "Configuration"),
        "E9206",
    ),
    "an approval with an artifact": (
        lambda t: action(t, "ReviewProd", "Approve").update(InputArtifacts=[{"Name": "Package"}]),
        at("ReviewProd", "Approve", "InputArtifacts"),
        "E3702",
    ),
    "a timeout of a build action": (
        lambda t: action(t, "Test", "Taskcat").update(TimeoutInMinutes=90),
        at("Test", "Taskcat", "TimeoutInMinutes"),
        "E9206",
    ),
    "a property that does not exist": (
        lambda t: action(t, "Test", "Taskcat").update(Inputs=["Source"]),
        at("Test", "Taskcat", "Inputs"),
        "E3002",
    ),
    "a name with a space": (
        lambda t: action(t, "Test", "Taskcat").update(Name="Task cat"),
        at("Test", "Task cat", "Name"),
        "E3031",
    ),
    "a configuration that is an object": (
        lambda t: configuration(t, "DeployProd", "Prepare").update(ParameterOverrides={"A": "b"}),
        at("DeployProd", "Prepare", "Configuration.ParameterOverrides"),
        "E9206",
    ),
    "a RunOrder of zero": (
        lambda t: action(t, "Test", "Taskcat").update(RunOrder=0),
        at("Test", "Taskcat", "RunOrder"),
        "E9221",
    ),
    "a role that is a name": (
        lambda t: action(t, "Test", "Taskcat").update(RoleArn={"Ref": "RunTaskcatRole"}),
        at("Test", "Taskcat", "RoleArn"),
        "E1041",
    ),
    # CloudFormation
    "a mode that does not exist": (
        lambda t: configuration(t, "DeployProd", "Execute").update(ActionMode="EXECUTE"),
        at("DeployProd", "Execute", "Configuration.ActionMode"),
        "E9215",
    ),
    "a change set without a name": (
        lambda t: configuration(t, "DeployProd", "Execute").pop("ChangeSetName"),
        at("DeployProd", "Execute", "Configuration"),
        "E9215",
    ),
    "a change set without a role": (
        lambda t: configuration(t, "DeployProd", "Prepare").pop("RoleArn"),
        at("DeployProd", "Prepare", "Configuration"),
        "E9215",
    ),
    "a template from no input": (
        lambda t: configuration(t, "DeployProd", "Prepare").update(
            TemplatePath="Source::templates/application.yaml"
        ),
        at("DeployProd", "Prepare", "Configuration.TemplatePath"),
        "E3703",
    ),
    "a template without an artifact": (
        lambda t: configuration(t, "DeployProd", "Prepare").update(TemplatePath="template.json"),
        at("DeployProd", "Prepare", "Configuration.TemplatePath"),
        "E3703",
    ),
    "a template that is not in the source": (
        lambda t: configuration(t, "UpdatePipeline", "Prepare").update(
            TemplatePath="Source::pipeline.json"
        ),
        at("UpdatePipeline", "Prepare", "Configuration.TemplatePath"),
        "E9217",
    ),
    "a change set that is executed before it is made": (
        lambda t: action(t, "DeployProd", "ExecuteEuWest1").update(RunOrder=1),
        at("DeployProd", "ExecuteEuWest1", "Configuration.ChangeSetName"),
        "E9216",
    ),
    "a change set of another name": (
        lambda t: configuration(t, "DeployProd", "Execute").update(ChangeSetName="deliver"),
        at("DeployProd", "Execute", "Configuration.ChangeSetName"),
        "E9216",
    ),
    "a capability that does not exist": (
        lambda t: configuration(t, "DeployProd", "Prepare").update(
            Capabilities="CAPABILITY_IAM, CAPABILITY_AUTO_EXPAND"
        ),
        at("DeployProd", "Prepare", "Configuration.Capabilities"),
        "E9215",
    ),
    "a capability that is missing": (
        lambda t: configuration(t, "DeployProd", "Prepare").pop("Capabilities"),
        at("DeployProd", "Prepare", "Configuration"),
        "E9217",
    ),
    "an output file without an artifact": (
        lambda t: configuration(t, "DeployProd", "Prepare").update(OutputFileName="out.json"),
        at("DeployProd", "Prepare", "Configuration.OutputFileName"),
        "E9215",
    ),
    "parameters that are too long": (
        lambda t: configuration(t, "DeployProd", "Prepare").update(ParameterOverrides=LONG),
        at("DeployProd", "Prepare", "Configuration.ParameterOverrides"),
        "E9217",
    ),
    "a parameter that the application does not have": (
        lambda t: configuration(t, "DeployProd", "Prepare").update(
            ParameterOverrides='{"Boundary":"x"}'
        ),
        at("DeployProd", "Prepare", "Configuration.ParameterOverrides"),
        "E9217",
    ),
    "a parameter without a value": (
        lambda t: configuration(t, "UpdatePipeline", "Prepare").pop("ParameterOverrides"),
        at("UpdatePipeline", "Prepare", "Configuration"),
        "E9217",
    ),
    "an environment that is missing": (
        lambda t: configuration(t, "UpdatePipeline", "Prepare").update(
            TemplateConfiguration="Source::pipeline/environments/test.json"
        ),
        at("UpdatePipeline", "Prepare", "Configuration.TemplateConfiguration"),
        "E9217",
    ),
    # conditions
    "a stage that an alarm skips": (
        lambda t: rule(t, "Publish", "BeforeEntry").update(
            RuleTypeId=rule(t, "DeployProd", "OnSuccess")["RuleTypeId"],
            Configuration={"AlarmName": "x"},
        ),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Rules[ARelease].RuleTypeId.Provider",
        "E9218",
    ),
    "an entry that rolls back": (
        lambda t: stage(t, "Publish")["BeforeEntry"]["Conditions"][0].update(Result="ROLLBACK"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Result",
        "E9218",
    ),
    "a success that retries": (
        lambda t: stage(t, "DeployProd")["OnSuccess"]["Conditions"][0].update(Result="RETRY"),
        f"{PIPELINE}.Stages[DeployProd].OnSuccess.Conditions[0].Result",
        "E9218",
    ),
    "a failure that skips": (
        lambda t: stage(t, "DeployProd")["OnFailure"].update(Result="SKIP"),
        f"{PIPELINE}.Stages[DeployProd].OnFailure.Result",
        "E3030",
    ),
    "an operator that does not exist": (
        lambda t: rule(t, "Publish", "BeforeEntry")["Configuration"].update(Operator="EQUALS"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Rules[ARelease].Configuration.Operator",
        "E9218",
    ),
    "an expression that is none": (
        lambda t: rule(t, "Publish", "BeforeEntry")["Configuration"].update(Value="^([0-9]+$"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Rules[ARelease].Configuration.Value",
        "E9218",
    ),
    "an alarm without a name": (
        lambda t: rule(t, "DeployProd", "OnSuccess")["Configuration"].pop("AlarmName"),
        f"{PIPELINE}.Stages[DeployProd].OnSuccess.Conditions[0].Rules[NoFunctionErrorsAlarm]"
        ".Configuration",
        "E9218",
    ),
    "a change set that is retried": (
        lambda t: stage(t, "DeployProd").update(
            OnFailure={
                "Result": "RETRY",
                "RetryConfiguration": {"RetryMode": "FAILED_ACTIONS"},
            }
        ),
        f"{PIPELINE}.Stages[DeployProd].OnFailure",
        "E9219",
    ),
    "six rules": (
        lambda t: stage(t, "DeployProd")["OnSuccess"]["Conditions"][0]["Rules"].extend(
            [
                {**rule(t, "DeployProd", "OnSuccess"), "Name": "Fifth"},
                {**rule(t, "DeployProd", "OnSuccess"), "Name": "Sixth"},
            ]
        ),
        f"{PIPELINE}.Stages[DeployProd].OnSuccess.Conditions[0].Rules",
        "E9221",
    ),
    "a rollback of parallel executions": (
        lambda t: pipeline(t).update(ExecutionMode="PARALLEL"),
        f"{PIPELINE}.ExecutionMode",
        "E9219",
    ),
    # structure
    "triggers of an old type": (
        lambda t: pipeline(t).update(PipelineType="V1"),
        f"{PIPELINE}.Triggers",
        "E9204",
    ),
    "conditions of an old type": (
        lambda t: pipeline(t).update(PipelineType="V1"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry",
        "E9204",
    ),
    "a trigger of no source": (
        lambda t: pipeline(t)["Triggers"][0]["GitConfiguration"].update(SourceActionName="Git"),
        f"{PIPELINE}.Triggers[0].GitConfiguration.SourceActionName",
        "E9205",
    ),
    "tags and branches in one filter": (
        lambda t: pipeline(t)["Triggers"][0]["GitConfiguration"]["Push"][0].update(
            Tags={"Includes": ["v*"]}
        ),
        f"{PIPELINE}.Triggers[0].GitConfiguration.Push[0]",
        "E9205",
    ),
    "two stages of one name": (
        lambda t: stage(t, "Test").update(Name="Build"),
        f"{PIPELINE}.Stages",
        "E3002",
    ),
    "two actions of one name": (
        lambda t: action(t, "Build", "UnitTests").update(Name="Package"),
        f"{PIPELINE}.Stages[Build].Actions",
        "E3002",
    ),
    "a stage without actions": (
        lambda t: stage(t, "Test")["Actions"].clear(),
        f"{PIPELINE}.Stages[Test].Actions",
        "E3032",
    ),
    "a source in a later stage": (
        lambda t: stage(t, "Build")["Actions"].append(stage(t, "Source")["Actions"][0]),
        at("Build", "Source").rstrip("."),
        "E3700",
    ),
    "no source in the first stage": (
        lambda t: pipeline(t)["Stages"].reverse(),
        at("DeployProd", "Prepare").rstrip("."),
        "E3700",
    ),
    "an execution mode that does not exist": (
        lambda t: pipeline(t).update(ExecutionMode="SERIAL"),
        f"{PIPELINE}.ExecutionMode",
        "E3030",
    ),
    # roles
    "a pipeline that cannot be its role": (
        lambda t: t["Resources"]["PipelineRole"]["Properties"]["AssumeRolePolicyDocument"][
            "Statement"
        ][0].update(Principal={"Service": "codebuild.amazonaws.com"}),
        "Resources.PipelineRole.Properties.AssumeRolePolicyDocument",
        "E9220",
    ),
    "a build with the role of an action": (
        lambda t: project(t, "Taskcat").update(
            ServiceRole={"Fn::GetAtt": ["RunTaskcatRole", "Arn"]}
        ),
        "Resources.RunTaskcatRole.Properties.AssumeRolePolicyDocument",
        "E9220",
    ),
    "an action with the role of a build": (
        lambda t: action(t, "Test", "Taskcat").update(
            RoleArn={"Fn::GetAtt": ["TaskcatBuildRole", "Arn"]}
        ),
        "Resources.TaskcatBuildRole.Properties.AssumeRolePolicyDocument",
        "E9220",
    ),
}


OURS = [name for name, (_, _, rule) in MISTAKES.items() if rule[1:3] == "92"]


@pytest.mark.parametrize("mistake", OURS)
def test_a_mistake_is_found_where_it_is(mistake: str) -> None:
    mutation, place, rule = MISTAKES[mistake]
    template = mutated(mutation)
    assert (rule, place) in {(each, readable(template, at)) for each, at, _ in found(template)}


# Those that rename or move what others change, in an order in which each can be made.
LATER = (
    (
        *("a template without an artifact", "two actions of one name", "a name with a space"),
        "an input made in a later stage",
        "two stages of one name",
    ),
    ("a stage without actions", "no source in the first stage"),
)


def test_cfn_lint_finds_the_others() -> None:
    others = [name for name in MISTAKES if name not in OURS]
    first = [name for name in others if not any(name in group for group in LATER)]
    ids = Counter[str]()
    for group in (first, *LATER):
        template = mutated(lambda t: None)
        for name in group:
            MISTAKES[name][0](template)
        arguments = ManualArgs(regions=["us-west-2"], ignore_checks=["I", "W"])
        ids.update(match.rule.id for match in lint(json.dumps(template), arguments))
    assert ids >= Counter(MISTAKES[name][2] for name in others)


def test_without_a_mistake_nothing_is_found() -> None:
    assert found(mutated(lambda t: None)) == []


def test_none_is_lost() -> None:
    assert len(MISTAKES) == 97
