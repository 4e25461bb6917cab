"""CloudFormation actions: real change sets, on the emulator."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local import stacks
from local.pipeline.execution import ActionError, Execution
from local.stacks import Change, Plan, StackError
from serverlessapp.template.pipeline.elements import Action
from serverlessapp.template.reading import load
from serverlessapp.template.values import Json, accepts

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

POLL_SECONDS = 0.1
PREPARE_SECONDS = 60.0
NOTHING = ("didn't contain changes", "No updates are to be performed")


def prepare(
    execution: Execution,
    action: Action,
    cloudformation: "CloudFormationClient",
    *,
    upload: Callable[[str], str],
) -> tuple[Change, ...]:
    """Make a change set in place of one of the same name, and return what it would change.

    Args:
        execution: With the artifacts.
        action: What to do.
        cloudformation: Client for the action's Region.
        upload: Puts a template where CloudFormation can read it, and returns the URL.

    Raises:
        ActionError: CloudFormation refuses it.
        ArtifactError: The template is not there.
    """
    configuration = execution.texts(action.configuration)
    body = execution.artifacts.read(configuration["TemplatePath"])
    settings = settings_of(execution, configuration)
    parameters = {**settings.get("Parameters", {}), **overrides(configuration)}
    # The emulator takes parameters that the template does not have.
    refuse_wrong(parameters, load(body))
    stack, name = configuration["StackName"], configuration["ChangeSetName"]
    try:
        return made(
            cloudformation,
            StackName=stack,
            ChangeSetName=name,
            TemplateURL=upload(body),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": str(value)}
                for key, value in parameters.items()
            ],
            Capabilities=list(filter(None, configuration.get("Capabilities", "").split(","))),
            RoleARN=configuration["RoleArn"],
            Tags=[{"Key": key, "Value": value} for key, value in settings.get("Tags", {}).items()],
        )
    except ClientError as error:
        raise ActionError(f"{stack}: {error.response['Error']['Message']}") from error


def settings_of(execution: Execution, configuration: Mapping[str, str]) -> Json:
    """Return the content of the template configuration, if there is one."""
    if "TemplateConfiguration" not in configuration:
        return {}
    try:
        found: Json = json.loads(execution.artifacts.read(configuration["TemplateConfiguration"]))
    except ValueError as error:
        raise ActionError(f"{configuration['TemplateConfiguration']} is not JSON: {error}") from (
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
        ActionError: A parameter does not exist, or its value is not accepted.
    """
    definitions = template.get("Parameters", {})
    for name, value in parameters.items():
        if name not in definitions:
            raise ActionError(f"the template has no parameter {name}")
        if not accepts(definitions[name], str(value)):
            constraint = definitions[name].get("ConstraintDescription", "see its constraints")
            raise ActionError(f"parameter {name}={value!r}: {constraint}")
    missing = [
        name
        for name, definition in definitions.items()
        if name not in parameters and "Default" not in definition
    ]
    if missing:
        raise ActionError(f"parameters without a value: {', '.join(missing)}")


def made(cloudformation: "CloudFormationClient", **request: Any) -> tuple[Change, ...]:
    """Make a change set and wait for it."""
    stack, name = request["StackName"], request["ChangeSetName"]
    exists = stacks.status(cloudformation, stack)
    if exists:
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
    new = exists in (None, "REVIEW_IN_PROGRESS")
    cloudformation.create_change_set(**request, ChangeSetType="CREATE" if new else "UPDATE")
    deadline = time.monotonic() + PREPARE_SECONDS
    while time.monotonic() < deadline:
        found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if found["Status"] == "CREATE_COMPLETE":
            return changes(found)
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            if any(text in reason for text in NOTHING):
                return ()
            raise ActionError(f"{stack}: {reason}")
        time.sleep(POLL_SECONDS)
    raise ActionError(f"{stack}: the change set was not ready after {PREPARE_SECONDS:g} seconds")


def changes(description: Any) -> tuple[Change, ...]:
    """Return the changes of a change set."""
    return tuple(
        Change(
            action=change["Action"],
            logical_id=change["LogicalResourceId"],
            resource_type=change["ResourceType"],
            replacement=change.get("Replacement", ""),
        )
        for change in (item["ResourceChange"] for item in description.get("Changes", []))
    )


def execute(
    execution: Execution, action: Action, cloudformation: "CloudFormationClient"
) -> Mapping[str, str]:
    """Execute a change set, and return the outputs of the stack. An empty one is success.

    Raises:
        ActionError: There is none, or the stack was rolled back.
    """
    configuration = execution.texts(action.configuration)
    stack, name = configuration["StackName"], configuration["ChangeSetName"]
    try:
        found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if found["Status"] != "FAILED":
            for _ in stacks.execute(
                cloudformation, Plan(stack=stack, name=name, changes=changes(found))
            ):
                pass
        return stacks.outputs(cloudformation, stack)
    except ClientError as error:
        raise ActionError(f"{stack}: {error.response['Error']['Message']}") from error
    except StackError as error:
        raise ActionError(str(error)) from error
