"""Names, enumerations, patterns and limits, from the service models that botocore carries.

A template's properties are the API's members with a capital letter, with the differences below.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.parameters import Json
from serverlessapp.template.paths import placed
from serverlessapp.template.pipeline.delivery import PIPELINE, PROJECT, REPORT_GROUP

if TYPE_CHECKING:
    from botocore.model import Shape

# Of each type: service, the shape of its properties, and properties that only CloudFormation has.
SHAPES: Mapping[str, tuple[str, str, frozenset[str]]] = {
    PIPELINE: (
        "codepipeline",
        "PipelineDeclaration",
        # ArtifactStores is a map there; its stores are looked at one by one.
        frozenset(
            {"ArtifactStores", "DisableInboundStageTransitions", "RestartExecutionOnUpdate", "Tags"}
        ),
    ),
    PROJECT: (
        "codebuild",
        "CreateProjectInput",
        frozenset({"ResourceAccessRole", "Tags", "Triggers", "Visibility"}),
    ),
    REPORT_GROUP: ("codebuild", "CreateReportGroupInput", frozenset({"DeleteReports", "Tags"})),
}
# Where the service takes more than its model says: "Member must have length less than or equal to
# 50000" is its own message (aws/aws-cdk#19767, 2022). ParameterOverrides has a limit of its own.
LONGEST = {"ActionConfigurationValue": 50_000}
KINDS = {"structure": "an object", "map": "an object", "list": "a list"}


def findings(kind: str, path: str, name: str, properties: Json) -> Iterator[Mistake]:
    """Yield what the service would refuse about a resource's properties.

    Args:
        kind: Type of the resource, one of ``SHAPES``.
        path: Of its properties.
        name: Its name, also if CloudFormation makes it up.
        properties: With every reference resolved.
    """
    service, shape, ours = SHAPES[kind]
    known = {key: value for key, value in properties.items() if key not in ours}
    known.setdefault("Name", name)
    yield from walk(model(service, shape), path, known)
    if kind == PIPELINE:
        store = model(service, "ArtifactStore")
        for where, item in placed(f"{path}.ArtifactStores", properties.get("ArtifactStores", [])):
            for needed in {"Region", "ArtifactStore"} - item.keys():
                yield missing(where, needed)
            yield from walk(store, f"{where}.ArtifactStore", item.get("ArtifactStore", {}))


@cache
def model(service: str, shape: str) -> "Shape":
    """Return a shape of a service's API."""
    import botocore.session  # takes time, and only this command needs it

    return botocore.session.get_session().get_service_model(service).shape_for(shape)


def walk(shape: "Shape", path: str, value: Any) -> Iterator[Mistake]:
    """Yield what does not fit a shape."""
    kind = shape.type_name
    if kind in KINDS:
        if not isinstance(value, list if kind == "list" else dict):
            yield Mistake(path=path, message=f"has to be {KINDS[kind]}", structural=True)
            return
        yield from members(shape, path, value)
    elif isinstance(value, dict | list):
        message = "has to be a plain value; write JSON as a text"
        yield Mistake(path=path, message=message, structural=True)
    elif kind in ("integer", "long"):
        yield from number(shape, path, value)
    elif kind == "string":
        yield from text(shape, path, str(value))


def members(shape: Any, path: str, value: Any) -> Iterator[Mistake]:
    """Yield what is wrong within an object or a list."""
    if shape.type_name == "structure":
        names = {name.lower(): name for name in shape.members}
        given = {key.lower() for key in value}
        for name in shape.required_members:
            if name.lower() not in given:
                yield missing(path, name[0].upper() + name[1:])
        for key, item in value.items():
            if key.lower() in names:
                yield from walk(shape.members[names[key.lower()]], f"{path}.{key}", item)
            else:
                message = f"there is no property {key}: correct its name or remove it"
                yield Mistake(path=f"{path}.{key}", message=message)
        return
    yield from size(shape, path, len(value), "items")
    if shape.type_name == "list":
        for where, item in placed(path, value):
            yield from walk(shape.member, where, item)
    else:
        for key, item in value.items():
            yield from walk(shape.key, f"{path}.{key}", key)
            yield from walk(shape.value, f"{path}.{key}", item)


def missing(path: str, name: str) -> Mistake:
    """Return the mistake that a property is not there."""
    return Mistake(path=path, message=f"{name} is missing: add it", structural=True)


def number(shape: Any, path: str, value: Any) -> Iterator[Mistake]:
    """Yield whether a number is none or out of bounds."""
    if not re.fullmatch(r"-?\d+", str(value)):
        yield Mistake(path=path, message=f"{value!r} has to be a number", structural=True)
        return
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and int(value) < low) or (high is not None and int(value) > high):
        yield Mistake(path=path, message=f"{value} has to be from {low} to {high}")


def text(shape: Any, path: str, value: str) -> Iterator[Mistake]:
    """Yield whether a text is too long, or not one that is allowed."""
    if shape.enum and value not in shape.enum:
        message = f"{value!r} is not known: use one of {', '.join(shape.enum)}"
        yield Mistake(path=path, message=message)
        return
    yield from size(shape, path, len(value), "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value, re.DOTALL):
        yield Mistake(path=path, message=f"{value!r} does not match {pattern}: change it")


def size(shape: Any, path: str, count: int, what: str) -> Iterator[Mistake]:
    """Yield whether there is too much or too little of something."""
    low = shape.metadata.get("min", 0)
    high = LONGEST.get(shape.name, shape.metadata.get("max", count))
    if not low <= count <= high:
        yield Mistake(path=path, message=f"{count} {what}, allowed are {low} to {high}")
