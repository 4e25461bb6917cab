"""Actions, as CodePipeline wants them written down."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Sub, codebuild, codepipeline, iam

# Names of artifacts; at most stores.NAME_LENGTH characters.
SOURCE = "Source"
PACKAGE = "Package"
PLAN = "Plan"  # and the number of the environment: what was shown before its approval

Actions = codepipeline.Actions


def kind(category: str, provider: str) -> codepipeline.ActionTypeId:
    """Return the type of an action that AWS provides."""
    return codepipeline.ActionTypeId(Category=category, Owner="AWS", Provider=provider, Version="1")


def inputs(*names: str) -> list[codepipeline.InputArtifacts]:
    return [codepipeline.InputArtifacts(Name=name) for name in names]


def outputs(*names: str) -> list[codepipeline.OutputArtifacts]:
    return [codepipeline.OutputArtifacts(Name=name) for name in names]


def build(
    name: str,
    *,
    project: codebuild.Project,
    role: iam.Role,
    reads: Sequence[str] = (SOURCE,),
    makes: str | None = None,
    namespace: str | None = None,
    run_order: int | None = None,
    variables: Mapping[str, str] | None = None,
    category: str = "Build",
) -> Actions:
    """Return the action that runs a CodeBuild project.

    The build starts in the first artifact that it reads, which has its buildspec. Its variables are
    in a namespace; by default, it has the name of the artifact that it makes.
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
        action.Namespace = namespace or makes
    if run_order:
        action.RunOrder = run_order
    return action


def prepare_change_set(
    name: str,
    *,
    role: Any,
    artifact: str,
    template_path: str,
    stack_name: Any,
    change_set: str,
    service_role: Sub,
    run_order: int,
    overrides: Sub | None = None,
    template_configuration: str = "",
    region: str = "",
) -> Actions:
    """Return the action that makes a change set; nothing changes before it is executed.

    ``role`` is the ARN of the action's role, and ``service_role`` of CloudFormation's, in the same
    account. ``template_configuration`` is the path of a file of the artifact with parameters, tags
    and a stack policy. Without a Region, it is made in the pipeline's own.
    """
    configuration: dict[str, Any] = {
        "ActionMode": "CHANGE_SET_REPLACE",
        "StackName": stack_name,
        "ChangeSetName": change_set,
        "TemplatePath": f"{artifact}::{template_path}",
        "Capabilities": "CAPABILITY_IAM",
        "RoleArn": service_role,
    }
    if overrides:
        configuration["ParameterOverrides"] = overrides
    if template_configuration:
        path = f"{artifact}::{template_configuration}"
        configuration["TemplateConfiguration"] = Sub(path) if "${" in path else path
    action = on_change_set(name, role, run_order, configuration, region)
    action.InputArtifacts = inputs(artifact)
    return action


def execute_change_set(
    name: str, *, role: Any, stack_name: Any, change_set: str, run_order: int, region: str = ""
) -> Actions:
    """Return the action that executes a change set. An empty one is success."""
    configuration = {
        "ActionMode": "CHANGE_SET_EXECUTE",
        "StackName": stack_name,
        "ChangeSetName": change_set,
    }
    return on_change_set(name, role, run_order, configuration, region)


def on_change_set(name: str, role: Any, run_order: int, configuration: Any, region: str) -> Actions:
    """Return an action of CloudFormation, in another Region if there is one."""
    action = Actions(
        Name=name,
        ActionTypeId=kind("Deploy", "CloudFormation"),
        RoleArn=role,
        RunOrder=run_order,
        Configuration=configuration,
    )
    if region:
        action.Region = region
    return action
