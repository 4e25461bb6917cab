"""Build actions fit their projects, and the buildspecs what actions hand in and expect."""

import json
import re
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule, is_known, may_be
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE, Buildspec, with_holes
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action

PROVIDER = "CodeBuild"
FOLDER = re.compile(r"CODEBUILD_SRC_DIR_(\w+)")
VARIABLE_TYPES = ("PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER")
VARIABLE_KEYS = {"name", "value", "type"}


class BuildsFitBuildspecs(PipelineRule):
    """Primary source, variables, folders of other inputs and output artifacts."""

    id = "E9207"
    shortdesc = "A build action hands in what its buildspec reads, and takes what it makes"
    source_url = f"{USER_GUIDE}/action-reference-CodeBuild.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what does not fit."""
        for action in delivery.actions():
            if action.provider == PROVIDER:
                yield from primary(action)
                yield from environment(action)
                if spec := delivery.buildspec_of(action):
                    yield from folders(action, spec)
                    yield from outputs(action, spec)


class ProjectsAreThere(PipelineRule):
    """It names one that is not here, while nothing runs one that is."""

    id = "W9207"
    shortdesc = "A build action runs a project of the template"
    source_url = f"{USER_GUIDE}/action-reference-CodeBuild.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield names of no project, where the template has one to spare."""
        actions = [action for action in delivery.actions() if action.provider == PROVIDER]
        run = {action.configuration.get("ProjectName") for action in actions}
        if not is_known(*run - delivery.projects.keys()):
            return
        idle = [
            str(project.name)
            for project in delivery.projects.values()
            if project.name not in run and project.source == "CODEPIPELINE"
        ]
        for action in actions:
            name = action.configuration["ProjectName"]
            if idle and name not in delivery.projects:
                yield Mistake(
                    action.at("Configuration", "ProjectName"),
                    f"the template has no project {name}, and no action runs {', '.join(idle)}: "
                    "correct the name, if it is not of another stack",
                )


def primary(action: Action) -> Iterator[Mistake]:
    """Yield whether it is not said in which of several artifacts the build starts."""
    named = action.configuration.get("PrimarySource")
    place = action.at("Configuration", "PrimarySource")
    choice = ", ".join(map(str, action.inputs))
    if named and not any(may_be(named, name) for name in action.inputs):
        yield Mistake(place, f"{named} is no input of this action: use one of {choice}")
    if not named and len(action.inputs) > 1:
        yield Mistake(place, f"several inputs: say which the build starts in, {choice}")


def given_variables(action: Action) -> Any:
    """Return the content of ``EnvironmentVariables``; None if it cannot be known.

    Raises:
        ValueError: It is no JSON.
    """
    value = action.configuration.get("EnvironmentVariables", "[]")
    text = with_holes(value)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        if is_known(value):
            raise
        return None


def environment(action: Action) -> Iterator[Mistake]:
    """Yield whether the variables are not a list as CodeBuild takes it."""
    place = action.at("Configuration", "EnvironmentVariables")
    try:
        variables = given_variables(action)
    except (ValueError, RecursionError) as error:
        yield Mistake(place, f"has to be JSON: {error}")
        return
    if variables is None:
        return
    for item in variables if isinstance(variables, list) else [variables]:
        if not isinstance(item, dict) or not {"name", "value"} <= item.keys() <= VARIABLE_KEYS:
            yield Mistake(place, 'has to be a list of {"name": ..., "value": ...}')
        elif item.get("type", "PLAINTEXT") not in (*VARIABLE_TYPES, HOLE):
            choice = ", ".join(VARIABLE_TYPES)
            yield Mistake(place, f"type of {item['name']} has to be one of {choice}")
        elif str(item["name"]).startswith("CODEBUILD_"):
            yield Mistake(place, f"rename {item['name']}: CODEBUILD_ is CodeBuild's")


def folders(action: Action, spec: Buildspec) -> Iterator[Mistake]:
    """Yield folders that the buildspec reads and CodeBuild does not make.

    Such a variable is empty, and ``test -d`` of nothing is true.
    """
    if not is_known(action.primary, *action.inputs):
        return
    for name in sorted({name for command in spec.commands() for name in FOLDER.findall(command)}):
        if name == action.primary:
            message = f"{name} is the primary source: {spec.place} finds it in CODEBUILD_SRC_DIR"
        elif name not in action.inputs:
            message = f"{spec.place} reads CODEBUILD_SRC_DIR_{name}: add {name} to the inputs"
        else:
            continue
        yield Mistake(action.at("InputArtifacts"), message)


def outputs(action: Action, spec: Buildspec) -> Iterator[Mistake]:
    """Yield outputs that the buildspec does not make; of a batch, builds in it may."""
    if "batch" in spec.content or HOLE in str(spec.section("artifacts")):
        return
    for number, name in enumerate(action.outputs):
        alone = len(action.outputs) == 1
        if is_known(name) and not spec.artifact(name, alone=alone):
            section = "artifacts" if alone else "artifacts.secondary-artifacts"
            yield Mistake(
                action.at("OutputArtifacts", number),
                f"{spec.place} does not make {name}: add it to {section}",
            )
