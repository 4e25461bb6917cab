"""Templates get the parameters they have, and all they need.

A template is looked at if a file of the same path is in the source: what a build makes of the
source cannot be known before, and here it only copies.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from serverlessapp.rules.pipelines.changes import PROVIDER
from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.parameters import Json
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action
from serverlessapp.template.reading import TemplateError, load

# CloudFormation User Guide, "CloudFormation configuration properties reference".
OVERRIDES_LENGTH = 1024
CONFIGURATION = ("Parameters", "Tags", "StackPolicy")
IAM_NAMES = ("RoleName", "ManagedPolicyName", "GroupName", "UserName")
MODES_WITHOUT_TEMPLATE = ("CHANGE_SET_EXECUTE", "DELETE_ONLY")


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield what the deployed templates would refuse."""
    sources = {
        name
        for action in delivery.actions()
        if action.category == "Source"
        for name in action.outputs
    }
    for action in delivery.actions():
        if action.provider != PROVIDER:
            continue
        overrides, wrong = overridden(action)
        yield from wrong
        if action.configuration.get("ActionMode") in MODES_WITHOUT_TEMPLATE:
            continue
        configuration, wrong = content(delivery, action, "TemplateConfiguration", sources)
        yield from wrong
        template, wrong = content(delivery, action, "TemplatePath", sources)
        yield from wrong
        yield from sections(action, configuration)
        if template:
            given = {**configuration.get("Parameters", {}), **overrides}
            yield from parameters(action, template, given, overrides)
            yield from capabilities(action, template)


def overridden(action: Action) -> tuple[Json, list[Mistake]]:
    """Return the parameters in ``ParameterOverrides``, and what is wrong with them."""
    text = action.configuration.get("ParameterOverrides", "{}")
    path = action.at("Configuration", "ParameterOverrides")
    wrong = []
    if len(text) > OVERRIDES_LENGTH:
        message = (
            f"{len(text)} characters, CodePipeline takes {OVERRIDES_LENGTH}: move parameters into "
            "the TemplateConfiguration"
        )
        wrong.append(Mistake(path=path, message=message))
    try:
        overrides = json.loads(text)
    except ValueError as error:
        return {}, [*wrong, Mistake(path=path, message=f"has to be JSON: {error}")]
    if not isinstance(overrides, dict):
        return {}, [*wrong, Mistake(path=path, message='has to be {"Name": "value"}')]
    return overrides, wrong


def content(
    delivery: Delivery, action: Action, key: str, sources: set[str]
) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the content of a file that an action names, if it is known, and what is wrong."""
    artifact, _, name = action.configuration.get(key, "").partition("::")
    if not name or re.search(r"#\{", name):
        return {}, []
    path = action.at("Configuration", key)
    file = delivery.source / name
    if not file.is_file():
        known = artifact in sources
        message = f"the source has no {name}: correct the path, or commit the file"
        return {}, [Mistake(path=path, message=message)] if known else []
    try:
        return loaded(file.read_bytes()), []
    except TemplateError as error:
        return {}, [Mistake(path=path, message=f"{name}: {error}")]


@cache
def loaded(data: bytes) -> dict[str, Any]:
    """Return the content of a template. Cached: the same one is looked at in every situation."""
    return load(data)


def sections(action: Action, configuration: Json) -> Iterator[Mistake]:
    """Yield what a template configuration cannot have."""
    for key in configuration:
        if key not in CONFIGURATION:
            yield Mistake(
                path=action.at("Configuration", "TemplateConfiguration"),
                message=f"the file has a {key}, which means nothing: {', '.join(CONFIGURATION)}",
            )


def parameters(action: Action, template: Json, given: Json, overrides: Json) -> Iterator[Mistake]:
    """Yield parameters that the template does not have, or lacks."""
    has: Mapping[str, Json] = template.get("Parameters", {})
    for name in given:
        if name not in has:
            key = "ParameterOverrides" if name in overrides else "TemplateConfiguration"
            yield Mistake(
                path=action.at("Configuration", key),
                message=f"{action.configuration['TemplatePath']} has no parameter {name}: correct "
                "the name, or remove it",
            )
    for name, definition in has.items():
        if name not in given and "Default" not in definition:
            yield Mistake(
                path=action.at("Configuration"),
                message=f"{action.configuration['TemplatePath']} needs {name}: give it in "
                "ParameterOverrides or TemplateConfiguration",
            )


def capabilities(action: Action, template: Json) -> Iterator[Mistake]:
    """Yield a capability that the template's resources need and the action does not give."""
    given = action.configuration.get("Capabilities", "").split(",")
    resources = [r for r in template.get("Resources", {}).values() if r["Type"][:9] == "AWS::IAM:"]
    named = any(r.get("Properties", {}).keys() & set(IAM_NAMES) for r in resources)
    needed = "CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"
    if resources and not {needed, "CAPABILITY_NAMED_IAM"} & set(given):
        yield Mistake(
            path=action.at("Configuration"),
            message=f"{action.configuration['TemplatePath']} makes IAM resources: add {needed} to "
            "Capabilities",
        )
