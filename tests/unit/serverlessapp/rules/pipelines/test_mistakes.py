"""Mistakes that nobody notices before a pipeline is deployed, or runs: each is found."""

import json

import pytest
from serverlessapp.rules.pipelines.checks import validate

from .mutations import (
    EVERYTHING,
    PIPELINE,
    SOURCE,
    Mutation,
    action,
    at,
    configuration,
    mutated,
    pipeline,
    project,
    rewrite,
    rule,
    stage,
)

LONG = json.dumps({"PermissionsBoundaryArn": "x" * 1100})

MISTAKES: dict[str, tuple[Mutation, str, str]] = {
    # artifacts
    "an input that nothing makes": (
        lambda t: action(t, "Test", "Taskcat")["InputArtifacts"].__setitem__(0, {"Name": "Sauce"}),
        at("Test", "Taskcat", "InputArtifacts[Sauce]"),
        "no action makes Sauce",
    ),
    "an input made in the same step": (
        lambda t: action(t, "Build", "UnitTests")["InputArtifacts"].append({"Name": "Package"}),
        at("Build", "UnitTests", "InputArtifacts[Package]"),
        "made only by Build, action Package, RunOrder 1",
    ),
    "an input made in a later stage": (
        lambda t: pipeline(t)["Stages"].insert(2, pipeline(t)["Stages"].pop(4)),
        at("Publish", "Publish", "InputArtifacts[Package]"),
        "made only by Build",
    ),
    "an output made twice": (
        lambda t: action(t, "Build", "UnitTests").update(OutputArtifacts=[{"Name": "Package"}]),
        at("Build", "UnitTests", "OutputArtifacts[Package]"),
        "Build.Package makes Package, too",
    ),
    # stores
    "no store in a Region": (
        lambda t: pipeline(t)["ArtifactStores"]["Fn::If"][1].pop(1),
        at("Production", "PrepareUsEast1", "Region"),
        "no artifact store in us-east-1: add one",
    ),
    "a store in a Region without actions": (
        lambda t: pipeline(t)["ArtifactStores"]["Fn::If"][1].append(
            {"Region": "ap-south-1", "ArtifactStore": {"Type": "S3", "Location": "somewhere"}}
        ),
        f"{PIPELINE}.ArtifactStores",
        "no action runs in ap-south-1: remove",
    ),
    "no store at home": (
        lambda t: pipeline(t)["ArtifactStores"]["Fn::If"][1].pop(0),
        f"{PIPELINE}.ArtifactStores",
        "add an artifact store for the pipeline's own us-west-2",
    ),
    "both kinds of stores": (
        lambda t: pipeline(t).update(ArtifactStore=pipeline(t)["ArtifactStore"]["Fn::If"][2]),
        f"{PIPELINE}.ArtifactStore",
        "keep one of both",
    ),
    # builds
    "a project of another name": (
        lambda t: configuration(t, "Test", "Taskcat").update(ProjectName="taskcat"),
        at("Test", "Taskcat", "Configuration.ProjectName"),
        "there is no project taskcat: use one of the template's, pipeline-package",
    ),
    "a reference to no project": (
        lambda t: configuration(t, "Test", "Taskcat").update(ProjectName={"Ref": "Tests"}),
        at("Test", "Taskcat", "Configuration.ProjectName"),
        "the template has no Tests",
    ),
    "a primary source that is no input": (
        lambda t: configuration(t, "Publish", "Publish").update(PrimarySource="Sources"),
        at("Publish", "Publish", "Configuration.PrimarySource"),
        "Sources is no input of this action: use one of Source, Package",
    ),
    "two inputs and no primary source": (
        lambda t: configuration(t, "Publish", "Publish").pop("PrimarySource"),
        at("Publish", "Publish", "Configuration.PrimarySource"),
        "say which the build starts in",
    ),
    "a folder of an artifact that is no input": (
        lambda t: action(t, "Publish", "Publish")["InputArtifacts"].pop(),
        at("Publish", "Publish", "InputArtifacts"),
        "reads CODEBUILD_SRC_DIR_Package: add Package to the inputs",
    ),
    "a folder variable of the primary source": (
        rewrite("Publish", "SRC_DIR_Package", "SRC_DIR_Source"),
        at("Publish", "Publish", "InputArtifacts"),
        "Source is the primary source",
    ),
    "an output that the buildspec does not make": (
        lambda t: action(t, "Test", "Taskcat").update(OutputArtifacts=[{"Name": "Reports"}]),
        at("Test", "Taskcat", "OutputArtifacts[Reports]"),
        "taskcat.yml does not make Reports: add it to artifacts",
    ),
    "a project that is not for pipelines": (
        lambda t: project(t, "Taskcat")["Artifacts"].update(Type="NO_ARTIFACTS"),
        "Resources.Taskcat.Properties.Artifacts.Type",
        "NO_ARTIFACTS has to be CODEPIPELINE",
    ),
    "variables of a build that are no list": (
        lambda t: configuration(t, "Publish", "Publish").update(
            EnvironmentVariables='{"VERSION": "1"}'
        ),
        at("Publish", "Publish", "Configuration.EnvironmentVariables"),
        "has to be a list",
    ),
    "variables of a build that are no JSON": (
        lambda t: configuration(t, "Publish", "Publish").update(EnvironmentVariables="VERSION=1"),
        at("Publish", "Publish", "Configuration.EnvironmentVariables"),
        "has to be JSON",
    ),
    # variables
    "a variable that is not exported": (
        lambda t: configuration(t, "Production", "Approve").update(CustomData="#{Package.Sum}"),
        at("Production", "Approve", "Configuration.CustomData"),
        "Package has no such variable, only VERSION",
    ),
    "no namespace": (
        lambda t: action(t, "Build", "Package").pop("Namespace"),
        at("Publish", "Publish", "Configuration.EnvironmentVariables"),
        "Package is no namespace: give the action",
    ),
    "a variable that comes later": (
        lambda t: configuration(t, "Build", "UnitTests").update(
            EnvironmentVariables='[{"name":"V","value":"#{Package.VERSION}"}]'
        ),
        at("Build", "UnitTests", "Configuration.EnvironmentVariables"),
        "has not run by then",
    ),
    "a namespace given twice": (
        lambda t: action(t, "Test", "Taskcat").update(Namespace="Package"),
        at("Test", "Taskcat", "Namespace"),
        "Build.Package has it, too",
    ),
    "a variable that no source has": (
        lambda t: configuration(t, "Production", "Approve").update(CustomData="#{Source.Commit}"),
        at("Production", "Approve", "Configuration.CustomData"),
        "Source has no such variable, only AuthorDate",
    ),
    "an exported variable that is never set": (
        rewrite("Package", "    - VERSION\n", "    - VERSION\n    - DIGEST\n"),
        "Resources.Package.Properties.Source.BuildSpec",
        "exports DIGEST and never sets it",
    ),
    # projects
    "a container's size on Lambda": (
        lambda t: project(t, "UnitTests")["Environment"].update(ComputeType="BUILD_GENERAL1_SMALL"),
        "Resources.UnitTests.Properties.Environment.ComputeType",
        "ARM_LAMBDA_CONTAINER does not run on BUILD_GENERAL1_SMALL: use BUILD_LAMBDA_",
    ),
    "an image of another architecture": (
        lambda t: project(t, "Taskcat")["Environment"].update(
            Image="aws/codebuild/amazonlinux-x86_64-standard:6.0"
        ),
        "Resources.Taskcat.Properties.Environment.Image",
        "not for ARM, and the environment is ARM_CONTAINER",
    ),
    "a container's image on Lambda": (
        lambda t: project(t, "UnitTests")["Environment"].update(
            Image="aws/codebuild/amazonlinux-aarch64-standard:4.0"
        ),
        "Resources.UnitTests.Properties.Environment.Image",
        "not for Lambda",
    ),
    "an image that does not exist": (
        lambda t: project(t, "UnitTests")["Environment"].update(
            Image="aws/codebuild/amazonlinux-aarch64-lambda:python3.13"
        ),
        "Resources.UnitTests.Properties.Environment.Image",
        "no image that CodeBuild provides",
    ),
    "an environment that does not exist": (
        lambda t: project(t, "UnitTests")["Environment"].update(Type="ARM64_CONTAINER"),
        "Resources.UnitTests.Properties.Environment.Type",
        "'ARM64_CONTAINER' is not known: use one of",
    ),
    "a timeout on Lambda": (
        lambda t: project(t, "UnitTests").update(TimeoutInMinutes=30),
        "Resources.UnitTests.Properties.TimeoutInMinutes",
        "BUILD_LAMBDA_4GB has no TimeoutInMinutes: remove it",
    ),
    "a cache on Lambda": (
        lambda t: project(t, "UnitTests").update(Cache={"Type": "LOCAL"}),
        "Resources.UnitTests.Properties.Cache",
        "has no Cache",
    ),
    "root on Lambda": (
        lambda t: project(t, "UnitTests")["Environment"].update(PrivilegedMode=True),
        "Resources.UnitTests.Properties.Environment.PrivilegedMode",
        "has no privileged mode",
    ),
    "a timeout that is too short": (
        lambda t: project(t, "Taskcat").update(TimeoutInMinutes=1),
        "Resources.Taskcat.Properties.TimeoutInMinutes",
        "1 has to be from 5 to 2160",
    ),
    "a variable with CodeBuild's prefix": (
        lambda t: project(t, "Publish")["Environment"]["EnvironmentVariables"].append(
            {"Name": "CODEBUILD_BUCKET", "Value": "x"}
        ),
        "Resources.Publish.Properties.Environment.EnvironmentVariables[CODEBUILD_BUCKET]",
        "rename it",
    ),
    # buildspecs
    "a buildspec that is not in the source": (
        lambda t: project(t, "Package")["Source"].update(BuildSpec="buildspecs/package.yml"),
        "Resources.Package.Properties.Source.BuildSpec",
        "no readable buildspecs/package.yml in the source",
    ),
    "a buildspec that is no YAML": (
        rewrite("UnitTests", "phases:", "phases: {"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "not YAML in line",
    ),
    "a buildspec of an old version": (
        rewrite("UnitTests", "version: 0.2", "version: 0.1"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "version is 0.1: set it to 0.2",
    ),
    "a phase that does not exist": (
        rewrite("UnitTests", "  build:\n", "  test:\n"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "phases.test is not known: use one of install, pre_build",
    ),
    "a section that does not exist": (
        rewrite("Package", "artifacts:", "artefacts:"),
        "Resources.Package.Properties.Source.BuildSpec",
        "artefacts is not known",
    ),
    "a command that is no text": (
        rewrite("Package", "make .venv/bin/tox", "echo: done"),
        "Resources.Package.Properties.Source.BuildSpec",
        "is not a text: put it in quotes",
    ),
    "a report of no known format": (
        rewrite("UnitTests", "JUNITXML", "JUNIT"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "reports.junit.file-format JUNIT is not known",
    ),
    "a report without a group": (
        rewrite("UnitTests", "  junit:", "  pytest:"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "add an AWS::CodeBuild::ReportGroup",
    ),
    "runtime versions on Lambda": (
        rewrite("UnitTests", "  install:\n", "  install:\n    runtime-versions: {python: 3.13}\n"),
        "Resources.UnitTests.Properties.Source.BuildSpec",
        "Lambda's images have one version each",
    ),
    # actions
    "a provider that does not exist": (
        lambda t: action(t, "Test", "Taskcat")["ActionTypeId"].update(Provider="CodeBuilder"),
        at("Test", "Taskcat", "ActionTypeId"),
        "there is no Test action of CodeBuilder: correct the Provider",
    ),
    "a provider of another category": (
        lambda t: action(t, "Test", "Taskcat")["ActionTypeId"].update(Category="Deploy"),
        at("Test", "Taskcat", "ActionTypeId"),
        "there is no Deploy action of CodeBuild: Category Build or Test",
    ),
    "a configuration that means nothing": (
        lambda t: configuration(t, "Source", "Source").update(Branch="main"),
        at("Source", "Source", "Configuration.Branch"),
        "knows no Branch, but ConnectionArn",
    ),
    "a configuration that is missing": (
        lambda t: configuration(t, "Source", "Source").pop("FullRepositoryId"),
        at("Source", "Source", "Configuration"),
        "FullRepositoryId is missing",
    ),
    "an approval with an artifact": (
        lambda t: action(t, "Production", "Approve").update(InputArtifacts=[{"Name": "Package"}]),
        at("Production", "Approve", "InputArtifacts"),
        "Manual takes 0, not 1",
    ),
    "a timeout of a build action": (
        lambda t: action(t, "Test", "Taskcat").update(TimeoutInMinutes=90),
        at("Test", "Taskcat", "TimeoutInMinutes"),
        "only approvals have one",
    ),
    "a property that does not exist": (
        lambda t: action(t, "Test", "Taskcat").update(Inputs=["Source"]),
        at("Test", "Taskcat", "Inputs"),
        "there is no property Inputs",
    ),
    "a name with a space": (
        lambda t: action(t, "Test", "Taskcat").update(Name="Task cat"),
        at("Test", "Task cat", "Name"),
        "does not match",
    ),
    "a configuration that is an object": (
        lambda t: configuration(t, "Production", "Prepare").update(ParameterOverrides={"A": "b"}),
        at("Production", "Prepare", "Configuration.ParameterOverrides"),
        "write JSON as a text",
    ),
    "a RunOrder of zero": (
        lambda t: action(t, "Test", "Taskcat").update(RunOrder=0),
        at("Test", "Taskcat", "RunOrder"),
        "0 has to be from 1 to 999",
    ),
    "a role that is a name": (
        lambda t: action(t, "Test", "Taskcat").update(RoleArn={"Ref": "RunTaskcatRole"}),
        at("Test", "Taskcat", "RoleArn"),
        "does not match arn:aws",
    ),
    # CloudFormation
    "a mode that does not exist": (
        lambda t: configuration(t, "Production", "Deploy").update(ActionMode="EXECUTE"),
        at("Production", "Deploy", "Configuration.ActionMode"),
        "EXECUTE is none: use one of CHANGE_SET_REPLACE",
    ),
    "a change set without a name": (
        lambda t: configuration(t, "Production", "Deploy").pop("ChangeSetName"),
        at("Production", "Deploy", "Configuration"),
        "ChangeSetName is missing: CHANGE_SET_EXECUTE needs it",
    ),
    "a change set without a role": (
        lambda t: configuration(t, "Production", "Prepare").pop("RoleArn"),
        at("Production", "Prepare", "Configuration"),
        "RoleArn is missing: CHANGE_SET_REPLACE needs it",
    ),
    "a template from no input": (
        lambda t: configuration(t, "Production", "Prepare").update(
            TemplatePath="Source::templates/application.yaml"
        ),
        at("Production", "Prepare", "Configuration.TemplatePath"),
        "Source is no input: add it",
    ),
    "a template without an artifact": (
        lambda t: configuration(t, "Production", "Prepare").update(TemplatePath="template.json"),
        at("Production", "Prepare", "Configuration.TemplatePath"),
        "has to be Artifact::path",
    ),
    "a template that is not in the source": (
        lambda t: configuration(t, "UpdatePipeline", "Prepare").update(
            TemplatePath="Source::pipeline.json"
        ),
        at("UpdatePipeline", "Prepare", "Configuration.TemplatePath"),
        "the source has no pipeline.json",
    ),
    "a change set that is executed before it is made": (
        lambda t: action(t, "Production", "DeployEuWest1").update(RunOrder=1),
        at("Production", "DeployEuWest1", "Configuration.ChangeSetName"),
        "no earlier action makes change set delivery of stack serverlessapp-prod in eu-west-1",
    ),
    "a change set of another name": (
        lambda t: configuration(t, "Production", "Deploy").update(ChangeSetName="deliver"),
        at("Production", "Deploy", "Configuration.ChangeSetName"),
        "no earlier action makes change set deliver of",
    ),
    "a capability that does not exist": (
        lambda t: configuration(t, "Production", "Prepare").update(
            Capabilities="CAPABILITY_IAM, CAPABILITY_AUTO_EXPAND"
        ),
        at("Production", "Prepare", "Configuration.Capabilities"),
        "' CAPABILITY_AUTO_EXPAND' is none",
    ),
    "a capability that is missing": (
        lambda t: configuration(t, "Production", "Prepare").pop("Capabilities"),
        at("Production", "Prepare", "Configuration"),
        "makes IAM resources: add CAPABILITY_IAM",
    ),
    "an output file without an artifact": (
        lambda t: configuration(t, "Production", "Prepare").update(OutputFileName="out.json"),
        at("Production", "Prepare", "Configuration.OutputFileName"),
        "no artifact for it",
    ),
    "parameters that are too long": (
        lambda t: configuration(t, "Production", "Prepare").update(ParameterOverrides=LONG),
        at("Production", "Prepare", "Configuration.ParameterOverrides"),
        "CodePipeline takes 1024",
    ),
    "a parameter that the application does not have": (
        lambda t: configuration(t, "Production", "Prepare").update(
            ParameterOverrides='{"Boundary":"x"}'
        ),
        at("Production", "Prepare", "Configuration.ParameterOverrides"),
        "has no parameter Boundary",
    ),
    "a parameter without a value": (
        lambda t: configuration(t, "UpdatePipeline", "Prepare").pop("ParameterOverrides"),
        at("UpdatePipeline", "Prepare", "Configuration"),
        "needs ConnectionArn: give it",
    ),
    "an environment that is missing": (
        lambda t: configuration(t, "UpdatePipeline", "Prepare").update(
            TemplateConfiguration="Source::pipeline/environments/test.json"
        ),
        at("UpdatePipeline", "Prepare", "Configuration.TemplateConfiguration"),
        "the source has no pipeline/environments/test.json",
    ),
    # conditions
    "a stage that an alarm skips": (
        lambda t: rule(t, "Publish", "BeforeEntry").update(
            RuleTypeId=rule(t, "Production", "OnSuccess")["RuleTypeId"],
            Configuration={"AlarmName": "x"},
        ),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Rules[ARelease].RuleTypeId.Provider",
        "CloudWatchAlarm cannot skip a stage: use LambdaInvoke or VariableCheck",
    ),
    "an entry that rolls back": (
        lambda t: stage(t, "Publish")["BeforeEntry"]["Conditions"][0].update(Result="ROLLBACK"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Result",
        "ROLLBACK is not possible in BeforeEntry: use FAIL or SKIP",
    ),
    "a success that retries": (
        lambda t: stage(t, "Production")["OnSuccess"]["Conditions"][0].update(Result="RETRY"),
        f"{PIPELINE}.Stages[Production].OnSuccess.Conditions[0].Result",
        "RETRY is not possible in OnSuccess",
    ),
    "a failure that skips": (
        lambda t: stage(t, "Production")["OnFailure"].update(Result="SKIP"),
        f"{PIPELINE}.Stages[Production].OnFailure.Result",
        "SKIP is not possible here",
    ),
    "an operator that does not exist": (
        lambda t: rule(t, "Publish", "BeforeEntry")["Configuration"].update(Operator="EQUALS"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Rules[ARelease].Configuration.Operator",
        "EQUALS is none: use one of EQ",
    ),
    "an expression that is none": (
        lambda t: rule(t, "Publish", "BeforeEntry")["Configuration"].update(Value="^([0-9]+$"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry.Conditions[0].Rules[ARelease].Configuration.Value",
        "is no regular expression",
    ),
    "an alarm without a name": (
        lambda t: rule(t, "Production", "OnSuccess")["Configuration"].pop("AlarmName"),
        f"{PIPELINE}.Stages[Production].OnSuccess.Conditions[0].Rules[NoFunctionErrorsAlarm]"
        ".Configuration",
        "AlarmName is missing: CloudWatchAlarm needs it",
    ),
    "a change set that is retried": (
        lambda t: stage(t, "Production").update(
            OnFailure={
                "Result": "RETRY",
                "RetryConfiguration": {"RetryMode": "FAILED_ACTIONS"},
            }
        ),
        f"{PIPELINE}.Stages[Production].OnFailure",
        "executing a change set uses it up",
    ),
    "six rules": (
        lambda t: stage(t, "Production")["OnSuccess"]["Conditions"][0]["Rules"].extend(
            [
                {**rule(t, "Production", "OnSuccess"), "Name": "Fifth"},
                {**rule(t, "Production", "OnSuccess"), "Name": "Sixth"},
            ]
        ),
        f"{PIPELINE}.Stages[Production].OnSuccess.Conditions[0].Rules",
        "6 items, allowed are 1 to 5",
    ),
    "a rollback of parallel executions": (
        lambda t: pipeline(t).update(ExecutionMode="PARALLEL"),
        f"{PIPELINE}.ExecutionMode",
        "PARALLEL has no rollback",
    ),
    # structure
    "triggers of an old type": (
        lambda t: pipeline(t).update(PipelineType="V1"),
        f"{PIPELINE}.Triggers",
        "Triggers needs PipelineType V2",
    ),
    "conditions of an old type": (
        lambda t: pipeline(t).update(PipelineType="V1"),
        f"{PIPELINE}.Stages[Publish].BeforeEntry",
        "BeforeEntry needs PipelineType V2",
    ),
    "a trigger of no source": (
        lambda t: pipeline(t)["Triggers"][0]["GitConfiguration"].update(SourceActionName="Git"),
        f"{PIPELINE}.Triggers[0].GitConfiguration.SourceActionName",
        "there is no source action Git: use one of Source",
    ),
    "tags and branches in one filter": (
        lambda t: pipeline(t)["Triggers"][0]["GitConfiguration"]["Push"][0].update(
            Tags={"Includes": ["v*"]}
        ),
        f"{PIPELINE}.Triggers[0].GitConfiguration.Push[0]",
        "Tags do not go with Branches",
    ),
    "two stages of one name": (
        lambda t: stage(t, "Test").update(Name="Build"),
        f"{PIPELINE}.Stages",
        "Build is there 2 times",
    ),
    "two actions of one name": (
        lambda t: action(t, "Build", "UnitTests").update(Name="Package"),
        f"{PIPELINE}.Stages[Build].Actions",
        "Package is there 2 times",
    ),
    "a stage without actions": (
        lambda t: stage(t, "Test")["Actions"].clear(),
        f"{PIPELINE}.Stages[Test].Actions",
        "0 actions: there have to be 1 to 50",
    ),
    "a source in a later stage": (
        lambda t: stage(t, "Build")["Actions"].append(stage(t, "Source")["Actions"][0]),
        at("Build", "Source").rstrip("."),
        "only the first stage has Source actions",
    ),
    "no source in the first stage": (
        lambda t: pipeline(t)["Stages"].reverse(),
        at("Production", "Prepare").rstrip("."),
        "the first stage has Source actions only",
    ),
    "an execution mode that does not exist": (
        lambda t: pipeline(t).update(ExecutionMode="SERIAL"),
        f"{PIPELINE}.ExecutionMode",
        "'SERIAL' is not known: use one of QUEUED",
    ),
    # roles
    "a pipeline that cannot be its role": (
        lambda t: t["Resources"]["PipelineRole"]["Properties"]["AssumeRolePolicyDocument"][
            "Statement"
        ][0].update(Principal={"Service": "codebuild.amazonaws.com"}),
        "Resources.PipelineRole.Properties.AssumeRolePolicyDocument",
        "has to trust codepipeline.amazonaws.com",
    ),
    "a build with the role of an action": (
        lambda t: project(t, "Taskcat").update(
            ServiceRole={"Fn::GetAtt": ["RunTaskcatRole", "Arn"]}
        ),
        "Resources.RunTaskcatRole.Properties.AssumeRolePolicyDocument",
        "has to trust codebuild.amazonaws.com",
    ),
    "an action with the role of a build": (
        lambda t: action(t, "Test", "Taskcat").update(
            RoleArn={"Fn::GetAtt": ["TaskcatBuildRole", "Arn"]}
        ),
        "Resources.TaskcatBuildRole.Properties.AssumeRolePolicyDocument",
        "has to trust arn:aws:iam::123456789012:role/pipeline-PipelineRole",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_where_it_is(mistake: str) -> None:
    mutation, path, words = MISTAKES[mistake]
    mistakes, situations = validate(mutated(mutation), SOURCE, EVERYTHING)
    assert situations == 1
    messages = {mistake.path: mistake.message for mistake in mistakes if words in mistake.message}
    assert path in messages, "\n".join(f"{mistake.path}: {mistake.message}" for mistake in mistakes)


def test_without_a_mistake_nothing_is_found() -> None:
    assert validate(mutated(lambda t: None), SOURCE, EVERYTHING) == ([], 1)


def test_there_are_enough() -> None:
    assert len(MISTAKES) >= 45
