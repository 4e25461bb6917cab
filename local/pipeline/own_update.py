"""The pipeline updates itself: change sets of its own stack.

The emulator cannot make them, so the template is examined instead, by the validator and by what
CloudFormation checks of parameters.
"""

from local.emulator import Emulator
from local.pipeline import launched as stack
from local.pipeline.changes import overrides, refuse_wrong
from local.pipeline.execution import ActionError, Execution
from local.pipeline.launched import Launched, LaunchError
from local.stacks import Change
from serverlessapp.template.pipeline.delivery import PIPELINE
from serverlessapp.template.pipeline.elements import Action
from serverlessapp.template.reading import TemplateError, load


def prepare(
    execution: Execution, action: Action, current: Launched
) -> tuple[Launched, tuple[Change, ...]]:
    """Return the pipeline as it would be after the update, and what would change.

    Raises:
        ActionError: It would be refused.
        ArtifactError: The template is not there.
    """
    configuration = execution.texts(action.configuration)
    reference = configuration["TemplatePath"]
    try:
        template = load(execution.artifacts.read(reference))
    except TemplateError as error:
        raise ActionError(f"{reference}: {error}") from error
    parameters = overrides(configuration)
    refuse_wrong(parameters, template)
    if (template, parameters) == (current.template, current.parameters):
        return current, ()
    source = execution.folder / "own-update"
    execution.artifacts.unpack(reference.partition("::")[0], source)
    try:
        planned = stack.examine(template, parameters, source)
    except LaunchError as error:
        raise ActionError(str(error)) from error
    return planned, changes(current, planned)


def changes(current: Launched, planned: Launched) -> tuple[Change, ...]:
    """Return what an update changes."""
    old, new = stack.resources(current), stack.resources(planned)
    return tuple(
        Change(
            action="Add" if name not in old else "Remove" if name not in new else "Modify",
            logical_id=name,
            resource_type=str((new.get(name) or old[name])["Type"]),
            replacement="",
        )
        for name in stack.difference(current, planned)
    )


def execute(emulator: Emulator, planned: Launched) -> Launched:
    """Return the pipeline after the update.

    Raises:
        ActionError: The emulator refused it.
    """
    try:
        return stack.make(emulator, planned)
    except LaunchError as error:
        raise ActionError(str(error)) from error


def ends_execution(changed: tuple[Change, ...]) -> bool:
    """Tell whether an update ends the execution that made it: when the pipeline itself changed."""
    return any(change.resource_type == PIPELINE for change in changed)
