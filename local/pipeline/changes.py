"""CloudFormation actions: real change sets, on the emulator."""

import json
from collections.abc import Callable, Mapping

from botocore.exceptions import ClientError

from local import stacks
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.stacks import Change, Plan, StackError
from serverlessapp.clients import CloudFormationClient
from serverlessapp.template.parameters import Json, accepts
from serverlessapp.template.pipeline.elements import Action
from serverlessapp.template.reading import TemplateError, load

# What a stack is in whose first deployment has failed; CloudFormation takes no change set for it.
NEVER_MADE = "ROLLBACK_COMPLETE"
Packages = Callable[[str, str], bool]


def prepare(
    execution: Execution, action: Action, cloudformation: CloudFormationClient
) -> tuple[Change, ...]:
    """Make a change set in place of one of the same name, and return what it would change."""
    configuration = execution.texts(action.configuration)
    template = execution.artifacts.read(configuration["TemplatePath"])
    settings = settings_of(execution, configuration)
    parameters = {**settings.get("Parameters", {}), **overrides(configuration)}
    # The emulator takes parameters that the template does not have.
    refuse_wrong(parameters, content(template))
    stack, name = configuration["StackName"], configuration["ChangeSetName"]
    try:
        status = stacks.status(cloudformation, stack)
        if status == NEVER_MADE:
            raise PipelineError(
                f"the creation of stack {stack} failed, {status}: delete it, and retry"
            )
        if status:
            cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
        planned = stacks.plan(
            cloudformation,
            stack=stack,
            name=name,
            template=template,
            parameters={key: str(value) for key, value in parameters.items()},
            capabilities=capabilities(configuration),
            RoleARN=configuration["RoleArn"],
            Tags=[{"Key": key, "Value": value} for key, value in settings.get("Tags", {}).items()],
        )
        if "StackPolicy" in settings:
            document = json.dumps(settings["StackPolicy"])
            cloudformation.set_stack_policy(StackName=stack, StackPolicyBody=document)
    except (ClientError, StackError) as error:
        raise PipelineError(f"{stack}: {error}") from error
    return planned.changes if planned else ()


def capabilities(configuration: Mapping[str, str]) -> list[str]:
    return [name for name in configuration.get("Capabilities", "").split(",") if name]


def content(template: str) -> Json:
    try:
        return load(template)
    except TemplateError as error:
        raise PipelineError(str(error)) from error


def settings_of(execution: Execution, configuration: Mapping[str, str]) -> Json:
    """Return the content of the template configuration, if there is one."""
    reference = configuration.get("TemplateConfiguration")
    try:
        return dict(json.loads(execution.artifacts.read(reference))) if reference else {}
    except ValueError as error:
        raise PipelineError(f"{reference} is not JSON: {error}") from error


def overrides(configuration: Mapping[str, str]) -> Json:
    """Return the parameters that the action itself gives."""
    return dict(json.loads(configuration.get("ParameterOverrides", "{}")))


def refuse_wrong(parameters: Json, template: Json) -> None:
    """Refuse parameters and values that CloudFormation would not take."""
    definitions = template.get("Parameters", {})
    for name, value in parameters.items():
        if name not in definitions:
            raise PipelineError(f"the template has no parameter {name}")
        if not accepts(definitions[name], str(value)):
            constraint = definitions[name].get("ConstraintDescription", "see its constraints")
            raise PipelineError(f"parameter {name}={value!r}: {constraint}")
    required = {name for name, definition in definitions.items() if "Default" not in definition}
    if missing := sorted(required - parameters.keys()):
        raise PipelineError(f"parameters without a value: {', '.join(missing)}")


def execute(
    execution: Execution,
    action: Action,
    cloudformation: CloudFormationClient,
    packages: Packages = lambda *_: True,
) -> Mapping[str, str]:
    """Execute a change set, and return the outputs of the stack. An empty one is success.

    ``packages`` tells whether an object is in a bucket: CloudFormation's refusal names no key.
    """
    configuration = execution.texts(action.configuration)
    stack, name = configuration["StackName"], configuration["ChangeSetName"]
    try:
        made = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if made["Status"] != "FAILED":
            given = {
                item["ParameterKey"]: item["ParameterValue"] for item in made.get("Parameters", [])
            }
            for key in sorted(key for key in given if key.endswith("CodeKey") and given[key]):
                if not packages(given["CodeBucket"], given[key]):
                    where = f"s3://{given['CodeBucket']}/{given[key]}"
                    raise PipelineError(f"{stack}: {key}: no {where}")
            for _ in stacks.execute(cloudformation, Plan(stack=stack, name=name, changes=())):
                pass
        return stacks.outputs(cloudformation, stack)
    except (ClientError, StackError) as error:
        raise PipelineError(str(error)) from error
