"""Actions, as CodePipeline wants them written down."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Parameter, Ref, Sub, codebuild, codepipeline, iam

from pipeline.regions import Region

# Names of artifacts; at most stores.NAME_LENGTH characters.
SOURCE = "Source"
PACKAGE = "Package"

Actions = codepipeline.Actions


def kind(category: str, provider: str) -> codepipeline.ActionTypeId:
    """Return the type of an action that AWS provides."""
    return codepipeline.ActionTypeId(Category=category, Owner="AWS", Provider=provider, Version="1")


def inputs(*names: str) -> list[codepipeline.InputArtifacts]:
    """Return artifacts that an action reads."""
    return [codepipeline.InputArtifacts(Name=name) for name in names]


def outputs(*names: str) -> list[codepipeline.OutputArtifacts]:
    """Return artifacts that an action makes."""
    return [codepipeline.OutputArtifacts(Name=name) for name in names]


def build(
    name: str,
    *,
    project: codebuild.Project,
    role: iam.Role,
    reads: Sequence[str] = (SOURCE,),
    makes: str | None = None,
    variables: Mapping[str, str] | None = None,
    category: str = "Build",
) -> Actions:
    """Return the action that runs a CodeBuild project.

    The build starts in the first artifact that it reads, which has its buildspec. The variables of
    the artifact that it makes are in a namespace of the same name.
    """
    configuration: dict[str, Any] = {"ProjectName": project.ref()}
    if len(reads) > 1:
        configuration["PrimarySource"] = reads[0]
    if variables:
        configuration["EnvironmentVariables"] = json.dumps(
            [{"name": key, "value": value} for key, value in variables.items()],
            separators=(",", ":"),
        )
    action = Actions(
        Name=name,
        ActionTypeId=kind(category, "CodeBuild"),
        RoleArn=role.get_att("Arn"),
        InputArtifacts=inputs(*reads),
        Configuration=configuration,
    )
    if makes:
        action.OutputArtifacts = outputs(makes)
        action.Namespace = makes
    return action


def prepare_change_set(
    name: str,
    *,
    role: iam.Role,
    artifact: str,
    template_path: str,
    stack_name: Any,
    change_set: str,
    service_role: Parameter,
    overrides: Sub,
    run_order: int,
    environment: Sub | None = None,
    region: Region | None = None,
) -> Actions:
    """Return the action that makes a change set; nothing changes before it is executed.

    ``environment`` is the path of more parameters, tags and a stack policy in the artifact. Without
    a Region, it is made in the pipeline's own.
    """
    configuration: dict[str, Any] = {
        "ActionMode": "CHANGE_SET_REPLACE",
        "StackName": stack_name,
        "ChangeSetName": change_set,
        "TemplatePath": f"{artifact}::{template_path}",
        "ParameterOverrides": overrides,
        "Capabilities": "CAPABILITY_IAM",
        "RoleArn": Ref(service_role),
    }
    if environment:
        configuration["TemplateConfiguration"] = environment
    action = on_change_set(name, role, run_order, configuration, region)
    action.InputArtifacts = inputs(artifact)
    return action


def execute_change_set(
    name: str,
    *,
    role: iam.Role,
    stack_name: Any,
    change_set: str,
    run_order: int,
    region: Region | None = None,
) -> Actions:
    """Return the action that executes a change set. An empty one is success."""
    configuration = {
        "ActionMode": "CHANGE_SET_EXECUTE",
        "StackName": stack_name,
        "ChangeSetName": change_set,
    }
    return on_change_set(name, role, run_order, configuration, region)


def on_change_set(
    name: str, role: iam.Role, run_order: int, configuration: Any, region: Region | None
) -> Actions:
    """Return an action of CloudFormation, in another Region if there is one."""
    action = Actions(
        Name=name,
        ActionTypeId=kind("Deploy", "CloudFormation"),
        RoleArn=role.get_att("Arn"),
        RunOrder=run_order,
        Configuration=configuration,
    )
    if region:
        action.Region = region.name
    return action
