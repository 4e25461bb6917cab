"""CloudFormation actions have what their mode needs, and change sets are made before executed."""

import re
from collections.abc import Iterator, Mapping

from serverlessapp.rules.pipelines.rule import (
    USER_GUIDE,
    is_known,
    may_be,
    misfits,
    missing,
    pipeline_rule,
    whole,
)
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action

REFERENCE = f"{USER_GUIDE}/action-reference-CloudFormation.html"
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
WITH_FILES = (PROVIDER, "CloudFormationStackSet", "CloudFormationStackInstances", "CodeDeployToECS")
ARTIFACT = re.compile(r"[\w-]+")
# Of CodeDeployToECS, such as TaskDefinitionTemplateArtifact and Image1ArtifactName.
ARTIFACT_KEY = re.compile(r"\w+(Artifact|ArtifactName)")
COMMANDS = re.compile("create-change-set|--no-execute-changeset")  # of builds, which may, too
CAPABILITY = "CAPABILITY_(IAM|NAMED_IAM|AUTO_EXPAND)"
NAME = "[a-zA-Z][-a-zA-Z0-9]*|arn:.+"  # CloudFormation API Reference, "CreateChangeSet"
VALUES = {
    "ActionMode": "|".join(NEEDS),
    "Capabilities": f"{CAPABILITY}(,{CAPABILITY})*",
    **dict.fromkeys(("ChangeSetName", "StackName", "StackSetName"), NAME),
}


@pipeline_rule("E9215", REFERENCE, Delivery.actions)
def stacks_have_what_they_need(action: Action) -> Iterator[Mistake]:
    """A CloudFormation action has the settings that its mode requires.

    Keys of the configuration, files in input artifacts, capabilities, outputs.
    """
    if action.provider in WITH_FILES:
        yield from files(action)
        yield from misfits(action, VALUES)
    if action.provider != PROVIDER:
        return
    mode = action.configuration.get("ActionMode", "")
    if mode in NEEDS:
        yield from missing(action, NEEDS[mode], mode)
    if "OutputFileName" in action.configuration and not action.outputs:
        place = action.at("Configuration", "OutputFileName")
        yield Mistake(place, "no artifact for it: add one to OutputArtifacts")


def files(action: Action) -> Iterator[Mistake]:
    """Yield files that are in no input artifact; cfn-lint's E3703 looks at the template alone."""
    for key, value in action.configuration.items():
        if not is_known(value, *action.inputs) or key == "TemplatePath":
            continue
        artifact, separator, name = value.partition("::")
        place = action.at("Configuration", key)
        if key == "TemplateConfiguration" and not (artifact and separator and name):
            yield Mistake(place, "must be Artifact::path/of/the/file")
        elif (
            ARTIFACT.fullmatch(artifact if separator else "")
            or (ARTIFACT_KEY.fullmatch(key) and not separator)
        ) and artifact not in action.inputs:
            yield Mistake(place, f"{artifact} is not an input: add it to InputArtifacts")


@pipeline_rule("E9216", REFERENCE, whole)
def change_sets_are_made(delivery: Delivery) -> Iterator[Mistake]:
    """A change set is created before it is executed.

    By an earlier action of the same pipeline, for the same stack and Region.
    """
    specs = delivery.buildspecs.values()
    if any(COMMANDS.search(command) for spec in specs for command in spec.commands()):
        return
    for pipeline in delivery.pipelines:
        prepared: list[Action] = []
        steps = [(stage.has_order, step) for stage in pipeline.stages for step in stage.steps()]
        for has_order, step in steps:
            actions = [action for action in step if action.provider == PROVIDER]
            preparing = [
                each for each in actions if may_be(each.configuration.get("ActionMode"), PREPARE)
            ]
            known = prepared if has_order else [*prepared, *preparing]
            for action in actions:
                if action.configuration.get("ActionMode") == EXECUTE and not any(
                    is_for(delivery, action, earlier) for earlier in known
                ):
                    name, stack = map(action.configuration.get, ("ChangeSetName", "StackName"))
                    yield Mistake(
                        action.at("Configuration", "ChangeSetName"),
                        f"no earlier action creates change set {name} of stack {stack} in "
                        f"{action.region}: create it with {PREPARE}, in an earlier stage or with "
                        "a lower RunOrder",
                    )
            prepared += preparing


def is_for(delivery: Delivery, executing: Action, preparing: Action) -> bool:
    """Tell whether an action may execute what another makes."""
    regions = (executing.region, preparing.region)
    return all(
        may_be(executing.configuration.get(key), preparing.configuration.get(key))
        for key in ("StackName", "ChangeSetName")
    ) and (
        regions[0] == regions[1]
        or (
            not is_known(*regions)
            and all(delivery.can_be_in(region) for region in regions if is_known(region))
        )
    )
