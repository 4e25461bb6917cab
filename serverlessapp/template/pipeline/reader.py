"""Reads elements out of evaluated properties.

What is missing or is of the wrong kind is for cfn-lint to find; nothing else can be said before it
is repaired.
"""

from collections.abc import Iterator

from serverlessapp.template.pipeline.elements import (
    Action,
    Condition,
    Configuration,
    Pipeline,
    Project,
    Scalar,
    Stage,
    StageRule,
)
from serverlessapp.template.reading import TemplateError
from serverlessapp.template.values import Items, Object, Text, Unknown, is_scalar, scalar

WHEN = ("BeforeEntry", "OnSuccess", "OnFailure")


class ShapeError(TemplateError):
    """A part is not there, or is no object, list or scalar; or a macro makes it."""


def text(raw: Object, key: str, default: str | None = "") -> Scalar:
    """Return a scalar of an object; without a default it has to be there."""
    value = raw.get(key, default)
    if isinstance(value, Unknown | Text):
        return value
    if not is_scalar(value):
        raise ShapeError(f"{key} is no text")
    return scalar(value)


def inner(raw: Object, key: str) -> Object:
    """Return an object within an object; empty if there is none."""
    value = raw.get(key, Object())
    if not isinstance(value, Object):
        raise ShapeError(f"{key} is no object")
    return value


def items(raw: Object, key: str) -> Items:
    """Return a list within an object; empty if there is none."""
    value = raw.get(key, Items())
    if not isinstance(value, Items):
        raise ShapeError(f"{key} is no list")
    return value


def objects(raw: Object, key: str) -> list[Object]:
    """Return a list of objects within an object; empty if there is none."""
    listed = items(raw, key)
    if not all(isinstance(item, Object) for item in listed):
        raise ShapeError(f"{key} has what is no object")
    return listed


def texts(raw: Object) -> Configuration:
    """Return a configuration with its values as CodePipeline gets them; no object is one."""
    return {key: text(raw, key) for key, value in raw.items() if not isinstance(value, dict | list)}


def scalars(raw: Object, key: str) -> tuple[Scalar, ...]:
    """Return a list of scalars within an object."""
    return tuple(text(Object(item=item), "item") for item in items(raw, key))


def named(raw: Object, key: str, value: str) -> Configuration:
    """Return a list of names and values as an object."""
    return {text(item, "Name", None): text(item, value) for item in objects(raw, key)}


def pipeline(raw: Object, *, name: Scalar, region: Scalar) -> Pipeline:
    """Return the pipeline from its properties.

    Raises:
        ShapeError: They are not those of a pipeline.
    """
    stores = {
        text(store, "Region", None): text(inner(store, "ArtifactStore"), "Location")
        for store in objects(raw, "ArtifactStores")
    }
    if "ArtifactStore" in raw:
        stores.setdefault(region, text(inner(raw, "ArtifactStore"), "Location"))
    return Pipeline(
        raw=raw,
        name=name,
        type=text(raw, "PipelineType"),
        mode=text(raw, "ExecutionMode", "SUPERSEDED"),
        region=region,
        role=text(raw, "RoleArn"),
        stores=stores,
        stages=tuple(stage(item, region) for item in objects(raw, "Stages")),
        variables=named(raw, "Variables", "DefaultValue"),
    )


def stage(raw: Object, region: Scalar) -> Stage:
    """Return a stage."""
    failure = inner(raw, "OnFailure")
    name = text(raw, "Name", None)
    return Stage(
        raw=raw,
        name=name,
        actions=tuple(action(item, name, region) for item in objects(raw, "Actions")),
        conditions=tuple(conditions(raw, region)),
        failure=text(failure, "Result"),
        retry=text(inner(failure, "RetryConfiguration"), "RetryMode"),
    )


def conditions(raw: Object, region: Scalar) -> Iterator[Condition]:
    """Yield the conditions of a stage."""
    for when in WHEN:
        for item in objects(inner(raw, when), "Conditions"):
            rules = tuple(rule(content, region) for content in objects(item, "Rules"))
            yield Condition(raw=item, when=when, result=text(item, "Result"), rules=rules)


def rule(raw: Object, region: Scalar) -> StageRule:
    """Return a rule."""
    return StageRule(
        raw=raw,
        name=text(raw, "Name"),
        provider=text(inner(raw, "RuleTypeId"), "Provider", None),
        configuration=texts(inner(raw, "Configuration")),
        region=text(raw, "Region") or region,
        role=text(raw, "RoleArn"),
    )


def action(raw: Object, stage_name: Scalar, region: Scalar) -> Action:
    """Return an action."""
    kind = inner(raw, "ActionTypeId")
    order = text(raw, "RunOrder", "1")
    return Action(
        raw=raw,
        stage=stage_name,
        name=text(raw, "Name", None),
        category=text(kind, "Category", None),
        owner=text(kind, "Owner", None),
        provider=text(kind, "Provider", None),
        order=int(order) if isinstance(order, str) and order.isdecimal() else None,
        region=text(raw, "Region") or region,
        role=text(raw, "RoleArn"),
        namespace=text(raw, "Namespace"),
        configuration=texts(inner(raw, "Configuration")),
        inputs=tuple(text(item, "Name", None) for item in objects(raw, "InputArtifacts")),
        outputs={
            text(item, "Name", None): scalars(item, "Files")
            for item in objects(raw, "OutputArtifacts")
        },
        commands=scalars(raw, "Commands"),
        exports=scalars(raw, "OutputVariables"),
        environment=named(raw, "EnvironmentVariables", "Value"),
    )


def project(raw: Object, *, name: Scalar) -> Project:
    """Return a project from its properties.

    Raises:
        ShapeError: They are not those of a project.
    """
    environment, source = inner(raw, "Environment"), inner(raw, "Source")
    return Project(
        raw=raw,
        name=name,
        role=text(raw, "ServiceRole"),
        type=text(environment, "Type", None),
        compute=text(environment, "ComputeType", None),
        image=text(environment, "Image", None),
        source=text(source, "Type", None),
        artifacts=text(inner(raw, "Artifacts"), "Type", None),
        variables=named(environment, "EnvironmentVariables", "Value"),
        buildspec=text(source, "BuildSpec"),
    )
