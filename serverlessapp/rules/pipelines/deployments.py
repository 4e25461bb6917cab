"""Templates that actions deploy get the parameters they have, and all they need.

A template is looked at if a file of the same path is in the source: what a build makes of the
source cannot be known before, and often it only copies.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from serverlessapp.rules.pipelines.changes import NEEDS, PROVIDER
from serverlessapp.rules.pipelines.rule import PipelineRule, is_known, may_be
from serverlessapp.rules.rule import Mistake
from serverlessapp.template import structure
from serverlessapp.template.pipeline.delivery import Delivery, pushed
from serverlessapp.template.pipeline.elements import Action
from serverlessapp.template.reading import Json, TemplateError, parse

# CloudFormation User Guide, "CloudFormation artifacts" of continuous delivery with CodePipeline.
OVERRIDES_LENGTH = 1024
CONFIGURATION = ("Parameters", "Tags", "StackPolicy")
IAM_NAMES = ("RoleName", "ManagedPolicyName", "GroupName", "UserName")


class DeploymentsFitTemplates(PipelineRule):
    """Parameters by overrides and configuration, and capabilities for IAM resources."""

    id = "E9217"
    shortdesc = "A deployed template gets what it needs, and nothing that it does not know"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "continuous-delivery-codepipeline-cfn-artifacts.html"
    )

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what the deployed templates would refuse."""
        for pipeline in delivery.pipelines:
            sources = pushed(pipeline)
            for action in pipeline.actions():
                if action.provider == PROVIDER:
                    yield from of_action(action, delivery.source, sources)


def of_action(action: Action, source: Path | None, sources: set[Any]) -> Iterator[Mistake]:
    """Yield what the template of an action would refuse."""
    overrides: Json = {}
    try:
        overrides = overridden(action)
    except ValueError as error:
        yield Mistake(action.at("Configuration", "ParameterOverrides"), str(error))
    for value in overrides.values():
        match value:
            case {"Fn::GetArtifactAtt": [str() as name, *_]} | {
                "Fn::GetParam": [str() as name, *_]
            }:
                if not any(may_be(name, given) for given in action.inputs):
                    yield Mistake(
                        action.at("Configuration", "ParameterOverrides"),
                        f"{name} is no input: add it to InputArtifacts",
                    )
    needs = NEEDS.get(action.configuration.get("ActionMode", ""), ())
    if source is None or "TemplatePath" not in needs:
        return
    found: dict[str, Json | None] = {}
    for key in ("TemplateConfiguration", "TemplatePath"):
        try:
            found[key] = content(source, action.configuration.get(key, ""), sources)
        except TemplateError as error:
            yield Mistake(action.at("Configuration", key), str(error))
    configuration, template = found.get("TemplateConfiguration"), found.get("TemplatePath")
    for key in configuration or {}:
        if key not in CONFIGURATION:
            yield Mistake(
                action.at("Configuration", "TemplateConfiguration"),
                f"the file has a {key}, which means nothing: {', '.join(CONFIGURATION)}",
            )
    if template:
        has: Mapping[str, Json] = template.get("Parameters") or {}
        given = (configuration or {}).get("Parameters") or {}
        yield from surplus(action, has, overrides, "ParameterOverrides")
        yield from surplus(action, has, given, "TemplateConfiguration")
        is_all = is_known(action.configuration.get("ParameterOverrides", "{}"))
        if is_all and configuration is not None:
            yield from lacking(action, has, {*given, *overrides})
        yield from capabilities(action, template)


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
            f"{len(text)} characters, CodePipeline takes {OVERRIDES_LENGTH}: move parameters into "
            "the TemplateConfiguration"
        )
    try:
        overrides = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"has to be JSON: {error}") from error
    if not isinstance(overrides, dict):
        raise ValueError('has to be {"Name": "value"}')
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
    try:
        template = parse(data)
        if "Resources" in template.content:
            structure.check(template)
    except TemplateError as error:
        raise TemplateError(f"{name}: {error}") from error
    return template.content


def surplus(action: Action, has: Mapping[str, Json], given: Json, key: str) -> Iterator[Mistake]:
    """Yield parameters that the template does not have."""
    for name in given:
        if name not in has:
            yield Mistake(
                action.at("Configuration", key),
                f"{action.configuration['TemplatePath']} has no parameter {name}: correct the "
                "name, or remove it",
            )


def lacking(action: Action, has: Mapping[str, Json], given: set[str]) -> Iterator[Mistake]:
    """Yield parameters without a value."""
    for name, definition in has.items():
        if name not in given and "Default" not in definition:
            yield Mistake(
                action.at("Configuration"),
                f"{action.configuration['TemplatePath']} needs {name}: give it in "
                "ParameterOverrides or TemplateConfiguration",
            )


def capabilities(action: Action, template: Json) -> Iterator[Mistake]:
    """Yield a capability that the template's resources need and the action does not give."""
    given = action.configuration.get("Capabilities", "")
    resources = [
        resource
        for resource in (template.get("Resources") or {}).values()
        if isinstance(resource, dict) and str(resource.get("Type")).startswith("AWS::IAM::")
    ]
    is_named = any(resource.get("Properties", {}).keys() & set(IAM_NAMES) for resource in resources)
    needed = "CAPABILITY_NAMED_IAM" if is_named else "CAPABILITY_IAM"
    wanted = {needed, "CAPABILITY_NAMED_IAM"}
    if resources and is_known(given) and not wanted & set(given.split(",")):
        yield Mistake(
            action.at("Configuration"),
            f"{action.configuration['TemplatePath']} makes IAM resources: add {needed} to "
            "Capabilities",
        )
