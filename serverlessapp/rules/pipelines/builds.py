"""Build actions fit their projects, and the buildspecs what actions hand in and expect."""

import json
import re
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.pipelines.rule import (
    CODEBUILD_GUIDE,
    USER_GUIDE,
    is_known,
    may_be,
    pipeline_rule,
    whole,
)
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE, Buildspec, listed, with_holes
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Project, Scalar

REFERENCE = f"{USER_GUIDE}/action-reference-CodeBuild.html"
PROVIDER = "CodeBuild"
# With a test before it, or a default behind it, it may be empty.
FOLDER = re.compile(r'(-[nz] "?\$\{?)?CODEBUILD_SRC_DIR_(\w+)\b(:?[-+=])?')
VARIABLE_TYPES = ("PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER")
VARIABLE_KEYS = {"name", "value", "type"}
ENVIRONMENT = ("variables", "parameter-store", "secrets-manager")
# CodeBuild User Guide, "Environment variables in build environments".
OF_CODEBUILD = ("CODEBUILD_", "AWS_")
# What brings variables from elsewhere into the shell.
SOURCED = re.compile(r"(^|[\s;&|(])((\.|source|eval)\s+\S|export \"?\$)", re.MULTILINE)


@pipeline_rule("E9207", REFERENCE, whole)
def builds_fit_buildspecs(delivery: Delivery) -> Iterator[Mistake]:
    """A build action's artifacts are those that its buildspec reads and writes.

    Primary source, variables, folders of other inputs and output artifacts.
    """
    for pipeline in delivery.pipelines:
        read = {name for action in pipeline.actions() for name in action.inputs}
        for action in pipeline.actions():
            if action.provider == PROVIDER:
                spec = delivery.buildspec_of(action)
                yield from primary(action)
                yield from environment(action)
                yield from batch(action, spec, delivery.project_of(action))
                yield from folders(action, spec) if spec else ()
                yield from outputs(action, spec, read) if spec else ()


@pipeline_rule("W9207", REFERENCE, whole)
def projects_are_there(delivery: Delivery) -> Iterator[Mistake]:
    """A build action runs a project of the template.

    It names one that is not here, while nothing runs one that is.
    """
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
                f"the template has no project {name}, and no action uses {', '.join(idle)}: "
                "correct the name, unless the project is in another stack",
            )


@pipeline_rule("E9214", f"{CODEBUILD_GUIDE}/build-spec-ref.html", whole)
def exports_are_set(delivery: Delivery) -> Iterator[Mistake]:
    """A variable that a buildspec exports is set.

    By a command, the buildspec, the project, the action or CodeBuild.
    """
    for action in delivery.actions():
        spec, project = delivery.buildspec_of(action), delivery.project_of(action)
        if spec and project:
            for name in unset(action, spec, project):
                message = f"{spec.place} exports {name} but never sets it: set it in a command"
                yield Mistake(project.at("Source", "BuildSpec"), message)


def primary(action: Action) -> Iterator[Mistake]:
    """Yield whether it is not said in which of several artifacts the build starts."""
    named = action.configuration.get("PrimarySource")
    place = action.at("Configuration", "PrimarySource")
    choice = ", ".join(map(str, action.inputs))
    if named and not any(may_be(named, name) for name in action.inputs):
        yield Mistake(place, f"{named} is not an input of this action: use one of {choice}")
    if not named and len(action.inputs) > 1:
        yield Mistake(place, f"several inputs: set the primary source to one of {choice}")


def batch(action: Action, spec: Buildspec | None, project: Project | None) -> Iterator[Mistake]:
    """Yield whether a batch has no role, or no builds."""
    place = action.at("Configuration", "BatchEnabled")
    if action.configuration.get("BatchEnabled") == "true":
        if project and "BuildBatchConfig" not in project.raw:
            yield Mistake(place, f"add BuildBatchConfig with a ServiceRole to {project.name}")
        if spec and "batch" not in spec.content:
            yield Mistake(place, f"{spec.place} has no batch: add it")


def given_variables(action: Action) -> Any:
    """Return the content of ``EnvironmentVariables``; None if it cannot be known.

    Raises:
        ValueError: It is no JSON.
    """
    value = action.configuration.get("EnvironmentVariables", "[]")
    try:
        return json.loads(with_holes(value))
    except (ValueError, RecursionError) as error:
        if is_known(value):
            raise ValueError(f"must be JSON: {error}") from error
        return None


def environment(action: Action) -> Iterator[Mistake]:
    """Yield whether the variables are not a list as CodeBuild takes it."""
    place = action.at("Configuration", "EnvironmentVariables")
    try:
        variables = given_variables(action)
    except ValueError as error:
        yield Mistake(place, str(error))
        return
    if variables is None:
        return
    for item in variables if isinstance(variables, list) else [variables]:
        if not isinstance(item, dict) or not {"name", "value"} <= item.keys() <= VARIABLE_KEYS:
            yield Mistake(place, 'must be a list of {"name": ..., "value": ...}')
        elif item.get("type", "PLAINTEXT") not in (*VARIABLE_TYPES, HOLE):
            choice = ", ".join(VARIABLE_TYPES)
            yield Mistake(place, f"the type of {item['name']} must be one of {choice}")
        elif str(item["name"]).startswith("CODEBUILD_"):
            yield Mistake(place, f"rename {item['name']}: the prefix CODEBUILD_ is reserved")


def folders(action: Action, spec: Buildspec) -> Iterator[Mistake]:
    """Yield folders that the buildspec reads and CodeBuild does not make.

    Such a variable is empty, and ``test -d`` of nothing is true.
    """
    if not is_known(action.primary, *action.inputs):
        return
    uses = FOLDER.findall("\n".join(spec.commands()))
    optional = {name for test, name, default in uses if test or default}
    for name in sorted({name for _, name, _ in uses} - optional):
        if name == action.primary:
            message = f"{name} is the primary source: use CODEBUILD_SRC_DIR in {spec.place}"
        elif name not in action.inputs:
            message = f"{spec.place} reads CODEBUILD_SRC_DIR_{name}: add {name} to the inputs"
        else:
            continue
        yield Mistake(action.at("InputArtifacts"), message)


def outputs(action: Action, spec: Buildspec, read: set[Scalar]) -> Iterator[Mistake]:
    """Yield outputs that are read, or of several, and not made; of a batch, builds in it may."""
    if "batch" in spec.content or HOLE in str(spec.section("artifacts")):
        return
    for number, name in enumerate(action.outputs):
        alone = len(action.outputs) == 1
        is_needed = is_known(name) and (name in read or not alone)
        if is_needed and not spec.artifact(name, alone=alone):
            section = "artifacts" if alone else "artifacts.secondary-artifacts"
            message = f"{spec.place} does not create {name}: add it to {section}"
            yield Mistake(action.at("OutputArtifacts", number), message)


def unset(action: Action, spec: Buildspec, project: Project) -> Iterator[str]:
    """Yield the names of exported variables that nothing sets."""
    commands = "\n".join(spec.commands())
    try:
        given = given_variables(action)
    except ValueError:
        return
    if given is None or not is_known(*project.variables) or HOLE in commands:
        return
    if "batch" in spec.content or SOURCED.search(commands):
        return
    names = {
        *(item.get("name") for item in listed(given) if isinstance(item, dict)),
        *(name for part in ENVIRONMENT for name in spec.section("env", part)),
        *project.variables,
    }
    for name in spec.exports:
        # Anything but its use might set it: NAME=..., ${NAME:=...}, read NAME, printf -v NAME.
        text = commands.replace("${", "$")
        is_set = re.search(rf"(?<![\w$]){re.escape(name)}\b|\${re.escape(name)}:?=", text)
        if name not in names and not name.startswith(OF_CODEBUILD) and not is_set:
            yield name
