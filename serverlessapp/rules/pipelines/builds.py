"""Build actions fit their projects, and the buildspecs what actions hand in and expect."""

import json
import re
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.buildspec import Buildspec
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action

PROVIDER = "CodeBuild"
FOLDER = re.compile(r"CODEBUILD_SRC_DIR_(\w+)")
VARIABLE_TYPES = ("PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER")


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield what does not fit."""
    for action in delivery.actions():
        if action.provider == PROVIDER:
            yield from project(delivery, action)
            yield from primary(action)
            yield from environment(action)
            if spec := delivery.buildspec_of(action):
                yield from folders(action, spec)
                yield from outputs(action, spec)


def project(delivery: Delivery, action: Action) -> Iterator[Mistake]:
    """Yield whether the template lacks the project, or it is not one for a pipeline."""
    name = action.configuration.get("ProjectName")
    built = delivery.project_of(action)
    if name and not built:
        known = ", ".join(sorted(delivery.projects)) or "none"
        yield Mistake(
            path=action.at("Configuration", "ProjectName"),
            message=f"there is no project {name}: use one of the template's, {known}",
        )
    if built:
        for part in ("Source", "Artifacts"):
            kind = built.raw[part]["Type"]
            if kind != "CODEPIPELINE":
                yield Mistake(
                    path=f"{built.path}.{part}.Type",
                    message=f"a pipeline runs it, so {kind} has to be CODEPIPELINE",
                )


def primary(action: Action) -> Iterator[Mistake]:
    """Yield whether it is not said in which of several artifacts the build starts."""
    named = action.configuration.get("PrimarySource")
    path = action.at("Configuration", "PrimarySource")
    choice = ", ".join(action.inputs)
    if named and named not in action.inputs:
        yield Mistake(path=path, message=f"{named} is no input of this action: use one of {choice}")
    if not named and len(action.inputs) > 1:
        yield Mistake(path=path, message=f"several inputs: say which the build starts in, {choice}")


def environment(action: Action) -> Iterator[Mistake]:
    """Yield whether the variables are not a list as CodeBuild takes it."""
    text = action.configuration.get("EnvironmentVariables")
    if text is None:
        return
    path = action.at("Configuration", "EnvironmentVariables")
    try:
        variables: Any = json.loads(text)
    except ValueError as error:
        yield Mistake(path=path, message=f"has to be JSON: {error}")
        return
    for item in variables if isinstance(variables, list) else [variables]:
        if not isinstance(item, dict) or not {"name", "value"} <= item.keys() <= ALLOWED:
            yield Mistake(path=path, message='has to be a list of {"name": ..., "value": ...}')
        elif item.get("type", "PLAINTEXT") not in VARIABLE_TYPES:
            choice = ", ".join(VARIABLE_TYPES)
            yield Mistake(path=path, message=f"type of {item['name']} has to be one of {choice}")
        elif str(item["name"]).startswith("CODEBUILD_"):
            yield Mistake(path=path, message=f"rename {item['name']}: CODEBUILD_ is CodeBuild's")


ALLOWED = {"name", "value", "type"}


def folders(action: Action, spec: Buildspec) -> Iterator[Mistake]:
    """Yield folders that the buildspec reads and CodeBuild does not make.

    Such a variable is empty, and ``test -d`` of nothing is true.
    """
    others = set(action.inputs) - {action.primary}
    for name in sorted({name for command in spec.commands() for name in FOLDER.findall(command)}):
        if name == action.primary:
            message = f"{name} is the primary source: {spec.place} finds it in CODEBUILD_SRC_DIR"
        elif name not in others:
            message = f"{spec.place} reads CODEBUILD_SRC_DIR_{name}: add {name} to the inputs"
        else:
            continue
        yield Mistake(path=action.at("InputArtifacts"), message=message)


def outputs(action: Action, spec: Buildspec) -> Iterator[Mistake]:
    """Yield outputs that the buildspec does not make."""
    for name in action.outputs:
        if not spec.artifact(name, alone=len(action.outputs) == 1):
            section = "artifacts" if len(action.outputs) == 1 else "artifacts.secondary-artifacts"
            yield Mistake(
                path=action.at(f"OutputArtifacts[{name}]"),
                message=f"{spec.place} does not make {name}: add it to {section}",
            )
