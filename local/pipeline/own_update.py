"""The pipeline updates itself: change sets of its own stack.

The emulator cannot make them, so the template is examined instead, by the validator and by what
CloudFormation checks of parameters.
"""

from local.pipeline import launched as stack
from local.pipeline.changes import content, overrides, refuse_wrong
from local.pipeline.execution import Execution
from local.pipeline.launched import Launched
from local.stacks import Change
from serverlessapp.template.pipeline.elements import Action


def prepare(
    execution: Execution, action: Action, current: Launched
) -> tuple[Launched, tuple[Change, ...]]:
    """Return the pipeline as it would be after the update, and what would change."""
    configuration = execution.texts(action.configuration)
    reference = configuration["TemplatePath"]
    template = content(execution.artifacts.read(reference))
    parameters = overrides(configuration)
    refuse_wrong(parameters, template)
    if (template, parameters) == (current.template, current.parameters):
        return current, ()
    source = execution.folder / "own-update"
    execution.artifacts.unpack(reference.partition("::")[0], source)
    planned = stack.examine(template, parameters, source)
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
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )
