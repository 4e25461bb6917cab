"""Templates that actions deploy get the parameters they have, and all they need.

A template is looked at if a file of the same path is in the source: what a build makes of the
source cannot be known before, and often it only copies.
"""

import json
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from serverlessapp.rules.pipelines.changes import NEEDS, PROVIDER
from serverlessapp.rules.pipelines.rule import is_known, may_be, pipeline_rule, whole
from serverlessapp.rules.rule import Mistake
from serverlessapp.template import structure
from serverlessapp.template.pipeline.delivery import Delivery, pushed
from serverlessapp.template.pipeline.elements import Action
from serverlessapp.template.reading import Json, TemplateError, parse

GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
# CloudFormation User Guide, "CloudFormation artifacts" of continuous delivery with CodePipeline.
OVERRIDES_LENGTH = 1024
CONFIGURATION = ("Parameters", "Tags", "StackPolicy")
IAM_NAMES = ("RoleName", "ManagedPolicyName", "GroupName", "UserName")


@pipeline_rule("E9217", f"{GUIDE}/continuous-delivery-codepipeline-cfn-artifacts.html", whole)
def deployments_fit_templates(delivery: Delivery) -> Iterator[Mistake]:
    """A deployed template gets what it needs, and nothing that it does not know.

    Parameters by overrides and configuration, and capabilities for IAM resources.
    """
    for pipeline in delivery.pipelines:
        for action in pipeline.actions():
            if action.provider == PROVIDER:
                for key, message in of_action(action, delivery.source, pushed(pipeline)):
                    place = action.at("Configuration", key) if key else action.at("Configuration")
                    yield Mistake(place, message)


def of_action(action: Action, source: Path | None, sources: set[Any]) -> Iterator[tuple[str, str]]:
    """Yield what the template of an action would refuse: of which key, and why."""
    overrides: Json = {}
    try:
        overrides = overridden(action)
    except ValueError as error:
        yield "ParameterOverrides", str(error)
    for value in overrides.values():
        match value:
            case {"Fn::GetArtifactAtt": [str() as name, *_]} | {
                "Fn::GetParam": [str() as name, *_]
            }:
                if not any(may_be(name, given) for given in action.inputs):
                    message = f"{name} is not an input: add it to InputArtifacts"
                    yield "ParameterOverrides", message
    needs = NEEDS.get(action.configuration.get("ActionMode", ""), ())
    if source is None or "TemplatePath" not in needs:
        return
    files: dict[str, Json | None] = {}
    for key in ("TemplateConfiguration", "TemplatePath"):
        try:
            files[key] = content(source, action.configuration.get(key, ""), sources)
        except TemplateError as error:
            yield key, str(error)
    configuration, template = files.get("TemplateConfiguration"), files.get("TemplatePath")
    for key in configuration or {}:
        if key not in CONFIGURATION:
            message = f"the file has an unknown key {key}; known: {', '.join(CONFIGURATION)}"
            yield "TemplateConfiguration", message
    if not template:
        return
    path = action.configuration["TemplatePath"]
    definitions: Json = template.get("Parameters") or {}
    given = (configuration or {}).get("Parameters") or {}
    for key, names in {"ParameterOverrides": overrides, "TemplateConfiguration": given}.items():
        for name in names:
            if name not in definitions:
                yield key, f"{path} has no parameter {name}: correct the name, or remove it"
    is_all = is_known(action.configuration.get("ParameterOverrides", "{}"))
    for name, definition in definitions.items() if is_all and configuration is not None else ():
        if name not in {*given, *overrides} and "Default" not in definition:
            place = "ParameterOverrides or TemplateConfiguration"
            yield "", f"{path} requires {name}: set it in {place}"
    capabilities = action.configuration.get("Capabilities", "")
    if is_known(capabilities) and (needed := lacking(template, capabilities.split(","))):
        yield "", f"{path} creates IAM resources: add {needed} to Capabilities"


def overridden(action: Action) -> Json:
    """Return the parameters in ``ParameterOverrides``; none if it is not known.

    Raises:
        ValueError: It is not as CloudFormation takes it; says why.
    """
    text = action.configuration.get("ParameterOverrides", "{}")
    if not is_known(text):
        return {}
    if len(text) > OVERRIDES_LENGTH:
        raise ValueError(
            f"{len(text)} characters, and CodePipeline allows {OVERRIDES_LENGTH}: move "
            "parameters to TemplateConfiguration"
        )
    try:
        overrides = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"must be JSON: {error}") from error
    if not isinstance(overrides, dict):
        raise ValueError('must be {"Name": "value"}')
    return overrides


def content(source: Path, value: Any, sources: set[Any]) -> Json | None:
    """Return what is in a file that an action names; empty if it names none, None if not known.

    Raises:
        TemplateError: It is not in the only source, or is not readable.
    """
    if not value:
        return {}
    if not is_known(value) or "#{" in value:
        return None
    artifact, _, name = value.partition("::")
    try:
        return loaded((source / name).read_bytes(), name)
    except (OSError, ValueError) as error:
        if name and sources == {artifact}:
            raise TemplateError(
                f"the source has no {name}: correct the path, or commit the file"
            ) from error
        return None


@cache
def loaded(data: bytes, name: str) -> Json:
    """Return a template or its configuration. Cached: the same one is looked at in many ways."""
    template = parse(data, name)
    return (structure.check(template) if "Resources" in template.content else template).content


def lacking(template: Json, given: Collection[str]) -> str:
    """Return the capability that a template's resources need and nobody gives; empty: none."""
    resources = [
        resource
        for resource in (template.get("Resources") or {}).values()
        if isinstance(resource, dict) and str(resource.get("Type")).startswith("AWS::IAM::")
    ]
    is_named = any(resource.get("Properties", {}).keys() & set(IAM_NAMES) for resource in resources)
    needed = "CAPABILITY_NAMED_IAM" if is_named else "CAPABILITY_IAM"
    return needed if resources and not {needed, "CAPABILITY_NAMED_IAM"} & set(given) else ""
