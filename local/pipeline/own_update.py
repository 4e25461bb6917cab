"""The pipeline updates itself: change sets of its own stack.

The emulator makes them of what it can hold, with the roles of the actions and of CloudFormation.
The pipeline itself is examined instead, by the validator and by what CloudFormation checks of
parameters.
"""

from botocore.exceptions import ClientError

from local import stacks
from local.pipeline import launched as stack
from local.pipeline.changes import capabilities, content, overrides, refuse_wrong
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.launched import Launched
from local.stacks import Change, StackError
from serverlessapp.clients import CloudFormationClient
from serverlessapp.template.pipeline.elements import Action


def prepare(
    execution: Execution, action: Action, current: Launched, cloudformation: CloudFormationClient
) -> tuple[Launched, tuple[Change, ...]]:
    """Return the pipeline as it would be after the update, and what would change."""
    configuration = execution.texts(action.configuration)
    reference = configuration["TemplatePath"]
    template = content(execution.artifacts.read(reference))
    parameters = overrides(configuration)
    refuse_wrong(parameters, template)
    source = execution.folder / "own-update"
    execution.artifacts.unpack(reference.partition("::")[0], source)
    planned = current
    if (template, parameters) != (current.template, current.parameters):
        planned = stack.examine(template, parameters, source, current.home)
    name, change_set = configuration["StackName"], configuration["ChangeSetName"]
    try:
        cloudformation.delete_change_set(StackName=name, ChangeSetName=change_set)
        stacks.plan(
            cloudformation,
            stack=name,
            name=change_set,
            template=stack.held(template),
            parameters=parameters,
            capabilities=capabilities(configuration),
            RoleARN=configuration["RoleArn"],
        )
    except (ClientError, StackError) as error:
        raise PipelineError(f"{name}: {error}") from error
    return planned, changes(current, planned)


def changes(current: Launched, planned: Launched) -> tuple[Change, ...]:
    old, new = stack.resources(current), stack.resources(planned)
    return tuple(
        Change(
            action="Add" if name not in old else "Remove" if name not in new else "Modify",
            logical_id=name,
            resource_type=str((new.get(name) or old[name])["Type"]),
            replacement="",
        )
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )
