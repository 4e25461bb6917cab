"""CloudFormation actions: real change sets, on the emulator."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local import stacks
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.stacks import Change, Plan, StackError
from serverlessapp.template.pipeline.elements import Action
from serverlessapp.template.reading import TemplateError, load
from serverlessapp.template.values import Json, accepts

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient


def prepare(
    execution: Execution, action: Action, cloudformation: "CloudFormationClient"
) -> tuple[Change, ...]:
    """Make a change set in place of one of the same name, and return what it would change.

    Raises:
        PipelineError: CloudFormation refuses it.
        ArtifactError: The template is not there.
    """
    configuration = execution.texts(action.configuration)
    template = read_template(execution, configuration["TemplatePath"])
    settings = settings_of(execution, configuration)
    parameters = {**settings.get("Parameters", {}), **overrides(configuration)}
    # The emulator takes parameters that the template does not have.
    refuse_wrong(parameters, template)
    stack, name = configuration["StackName"], configuration["ChangeSetName"]
    try:
        if stacks.status(cloudformation, stack):
            cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
        planned = stacks.plan(
            cloudformation,
            stack=stack,
            name=name,
            template=execution.artifacts.read(configuration["TemplatePath"]),
            parameters={key: str(value) for key, value in parameters.items()},
            capabilities=filter(None, configuration.get("Capabilities", "").split(",")),
            RoleARN=configuration["RoleArn"],
            Tags=[{"Key": key, "Value": value} for key, value in settings.get("Tags", {}).items()],
        )
    except (ClientError, StackError) as error:
        raise PipelineError(f"{stack}: {error}") from error
    return planned.changes if planned else ()


def read_template(execution: Execution, reference: str) -> Json:
    """Return the content of a template, named like ``Artifact::path/of/the/file``.

    Raises:
        PipelineError: It is none.
        ArtifactError: It is not there.
    """
    try:
        return load(execution.artifacts.read(reference))
    except TemplateError as error:
        raise PipelineError(f"{reference}: {error}") from error


def settings_of(execution: Execution, configuration: Mapping[str, str]) -> Json:
    """Return the content of the template configuration, if there is one."""
    if "TemplateConfiguration" not in configuration:
        return {}
    try:
        found: Json = json.loads(execution.artifacts.read(configuration["TemplateConfiguration"]))
    except ValueError as error:
        raise PipelineError(f"{configuration['TemplateConfiguration']} is not JSON: {error}") from (
            error
        )
    return found


def overrides(configuration: Mapping[str, str]) -> Json:
    """Return the parameters that the action itself gives."""
    found: Json = json.loads(configuration.get("ParameterOverrides", "{}"))
    return found


def refuse_wrong(parameters: Json, template: Json) -> None:
    """Refuse what CloudFormation would.

    Raises:
        PipelineError: A parameter does not exist, or its value is not accepted.
    """
    definitions = template.get("Parameters", {})
    for name, value in parameters.items():
        if name not in definitions:
            raise PipelineError(f"the template has no parameter {name}")
        if not accepts(definitions[name], str(value)):
            constraint = definitions[name].get("ConstraintDescription", "see its constraints")
            raise PipelineError(f"parameter {name}={value!r}: {constraint}")
    missing = [
        name
        for name, definition in definitions.items()
        if name not in parameters and "Default" not in definition
    ]
    if missing:
        raise PipelineError(f"parameters without a value: {', '.join(missing)}")


def execute(
    execution: Execution, action: Action, cloudformation: "CloudFormationClient"
) -> Mapping[str, str]:
    """Execute a change set, and return the outputs of the stack. An empty one is success.

    Raises:
        PipelineError: There is none, or the stack was rolled back.
    """
    configuration = execution.texts(action.configuration)
    stack, name = configuration["StackName"], configuration["ChangeSetName"]
    try:
        made = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if made["Status"] != "FAILED":
            for _ in stacks.execute(cloudformation, Plan(stack=stack, name=name, changes=())):
                pass
        return stacks.outputs(cloudformation, stack)
    except ClientError as error:
        raise PipelineError(f"{stack}: {error.response['Error']['Message']}") from error
    except StackError as error:
        raise PipelineError(str(error)) from error
