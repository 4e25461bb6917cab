"""CloudFormation actions have what their mode needs, and change sets are made before executed."""

import re
from collections.abc import Iterator, Mapping

from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule, is_known, may_be
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Pipeline

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
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


class StacksHaveWhatTheyNeed(PipelineRule):
    """Keys of the configuration, files in input artifacts, capabilities, outputs."""

    id = "E9215"
    shortdesc = "A CloudFormation action has what its mode needs"
    source_url = f"{USER_GUIDE}/action-reference-CloudFormation.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what actions lack."""
        for action in delivery.actions():
            if action.provider in WITH_FILES:
                yield from files(action)
            if action.provider == PROVIDER:
                yield from mode(action)
                yield from capabilities(action)
                yield from output(action)


class ChangeSetsAreMade(PipelineRule):
    """By an earlier action of the same pipeline, for the same stack and Region."""

    id = "E9216"
    shortdesc = "A change set is made before it is executed"
    source_url = f"{USER_GUIDE}/action-reference-CloudFormation.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield executions of what nothing has made."""
        for pipeline in delivery.pipelines:
            yield from executed(delivery, pipeline)


def mode(action: Action) -> Iterator[Mistake]:
    """Yield whether the mode is none, or lacks something."""
    chosen = action.configuration.get("ActionMode", "")
    if not chosen or not is_known(chosen):
        return
    if chosen not in NEEDS:
        place = action.at("Configuration", "ActionMode")
        yield Mistake(place, f"{chosen} is none: use one of {', '.join(NEEDS)}")
        return
    for key in NEEDS[chosen]:
        if key not in action.configuration:
            place = action.at("Configuration")
            yield Mistake(place, f"{key} is missing: {chosen} needs it")


def files(action: Action) -> Iterator[Mistake]:
    """Yield files that are in no input artifact; cfn-lint's E3703 looks at the template alone."""
    for key, value in action.configuration.items():
        if not is_known(value, *action.inputs) or key == "TemplatePath":
            continue
        artifact, separator, name = value.partition("::")
        place = action.at("Configuration", key)
        if key == "TemplateConfiguration" and not (artifact and separator and name):
            yield Mistake(place, "has to be Artifact::path/of/the/file")
        elif (
            ARTIFACT.fullmatch(artifact if separator else "")
            or (ARTIFACT_KEY.fullmatch(key) and not separator)
        ) and artifact not in action.inputs:
            yield Mistake(place, f"{artifact} is no input: add it to InputArtifacts")


def capabilities(action: Action) -> Iterator[Mistake]:
    """Yield capabilities that do not exist."""
    given = action.configuration.get("Capabilities")
    for name in given.split(",") if is_known(given) and given else ():
        if name not in CAPABILITIES:
            place = action.at("Configuration", "Capabilities")
            message = f"{name!r} is none: {', '.join(CAPABILITIES)}, with commas and no spaces"
            yield Mistake(place, message)


def output(action: Action) -> Iterator[Mistake]:
    """Yield whether there is an output file without an artifact."""
    if "OutputFileName" in action.configuration and not action.outputs:
        place = action.at("Configuration", "OutputFileName")
        yield Mistake(place, "there is no artifact for it: add one to OutputArtifacts")


def executed(delivery: Delivery, pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield the actions of a pipeline that execute a change set before it is there."""
    prepared: list[Action] = []
    for stage in pipeline.stages:
        for step in stage.steps():
            actions = [action for action in step if action.provider == PROVIDER]
            preparing = [
                action
                for action in actions
                if may_be(action.configuration.get("ActionMode"), PREPARE)
            ]
            if not stage.has_order:
                prepared += preparing
            for action in actions:
                if action.configuration.get("ActionMode") == EXECUTE and not any(
                    is_for(delivery, action, earlier) for earlier in prepared
                ):
                    name, stack = map(action.configuration.get, ("ChangeSetName", "StackName"))
                    yield Mistake(
                        action.at("Configuration", "ChangeSetName"),
                        f"no earlier action makes change set {name} of stack {stack} in "
                        f"{action.region}: make it with {PREPARE}, in an earlier stage or with a "
                        "lower RunOrder",
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
            any(not is_known(region) for region in regions)
            and all(delivery.can_be_in(region) for region in regions if is_known(region))
        )
    )
