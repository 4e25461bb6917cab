"""CloudFormation actions have what their mode needs, and change sets are made before executed.

Source: CodePipeline User Guide, "AWS CloudFormation deploy action reference".
"""

from collections.abc import Iterator, Mapping

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action

PROVIDER = "CloudFormation"
PREPARE, EXECUTE = "CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE"
# Which keys each mode needs.
NEEDS: Mapping[str, tuple[str, ...]] = {
    PREPARE: ("ChangeSetName", "TemplatePath", "RoleArn"),
    EXECUTE: ("ChangeSetName",),
    "CREATE_UPDATE": ("TemplatePath", "RoleArn"),
    "REPLACE_ON_FAILURE": ("TemplatePath", "RoleArn"),
    "DELETE_ONLY": ("RoleArn",),
}
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
FILES = ("TemplatePath", "TemplateConfiguration")


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield what CloudFormation's actions lack."""
    prepared: set[tuple[str, ...]] = set()
    for pipeline in delivery.pipelines:
        for stage in pipeline.stages:
            for step in stage.steps():
                steps = [action for action in step if action.provider == PROVIDER]
                for action in steps:
                    yield from mode(action)
                    yield from files(action)
                    yield from capabilities(action)
                    yield from output(action)
                    if action.configuration.get("ActionMode") == EXECUTE:
                        yield from executed(action, prepared)
                prepared.update(
                    change_set(action)
                    for action in steps
                    if action.configuration.get("ActionMode") == PREPARE
                )


def mode(action: Action) -> Iterator[Mistake]:
    """Yield whether the mode is none, or lacks something."""
    chosen = action.configuration.get("ActionMode")
    if chosen is None:
        return
    if chosen not in NEEDS:
        path = action.at("Configuration", "ActionMode")
        yield Mistake(path=path, message=f"{chosen} is none: use one of {', '.join(NEEDS)}")
        return
    for key in NEEDS[chosen]:
        if key not in action.configuration:
            path = action.at("Configuration")
            yield Mistake(path=path, message=f"{key} is missing: {chosen} needs it")


def files(action: Action) -> Iterator[Mistake]:
    """Yield files that are not in an input artifact of the action."""
    for key in FILES:
        if key not in action.configuration:
            continue
        artifact, separator, name = action.configuration[key].partition("::")
        path = action.at("Configuration", key)
        if not separator or not artifact or not name:
            yield Mistake(path=path, message="has to be Artifact::path/of/the/file")
        elif artifact not in action.inputs:
            yield Mistake(path=path, message=f"{artifact} is no input: add it to InputArtifacts")


def capabilities(action: Action) -> Iterator[Mistake]:
    """Yield capabilities that do not exist."""
    for name in action.configuration.get("Capabilities", CAPABILITIES[0]).split(","):
        if name not in CAPABILITIES:
            path = action.at("Configuration", "Capabilities")
            message = f"{name!r} is none: {', '.join(CAPABILITIES)}, with commas and no spaces"
            yield Mistake(path=path, message=message)


def output(action: Action) -> Iterator[Mistake]:
    """Yield whether there is an output file without an artifact, or the other way round."""
    named = "OutputFileName" in action.configuration
    if named and not action.outputs:
        path = action.at("Configuration", "OutputFileName")
        yield Mistake(path=path, message="there is no artifact for it: add one to OutputArtifacts")
    if action.outputs and not named:
        path = action.at("OutputArtifacts")
        yield Mistake(path=path, message="nothing would be in it: add an OutputFileName")


def change_set(action: Action) -> tuple[str, ...]:
    """Return what tells a change set from others."""
    names = (action.configuration.get(key, "") for key in ("StackName", "ChangeSetName"))
    return (*names, action.region)


def executed(action: Action, prepared: set[tuple[str, ...]]) -> Iterator[Mistake]:
    """Yield whether nothing has made the change set that is executed."""
    stack, name, region = change_set(action)
    if (stack, name, region) not in prepared:
        yield Mistake(
            path=action.at("Configuration", "ChangeSetName"),
            message=f"no earlier action makes change set {name} of stack {stack} in {region}: make "
            f"it with {PREPARE}, in an earlier stage or with a lower RunOrder",
        )
