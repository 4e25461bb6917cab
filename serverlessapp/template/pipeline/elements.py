"""What a pipeline is made of, in one situation.

A scalar is the ``str`` that AWS gets, or an ``Unknown`` or a ``Text`` where the template does not
tell. What is missing or is of the wrong kind is for cfn-lint to find; nothing else can be said
before it is repaired.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import groupby
from typing import Any

from serverlessapp.template.reading import Place, TemplateError
from serverlessapp.template.values import Items, Object, Text, Unknown, is_scalar, scalar

Scalar = Any
Configuration = Mapping[str, Scalar]
WHEN = ("BeforeEntry", "OnSuccess", "OnFailure")


class ShapeError(TemplateError):
    """A part is not there, or is no object, list or scalar; or a macro makes it."""


def text(raw: Object, key: str, default: str | None = "") -> Scalar:
    """Return a scalar of an object; without a default it has to be there."""
    value = raw.get(key, default)
    if isinstance(value, Unknown | Text):
        return value
    if not is_scalar(value):
        raise ShapeError(f"{key} must be a string")
    return scalar(value)


def inner(raw: Object, key: str) -> Object:
    """Return an object within an object; empty if there is none."""
    value = raw.get(key, Object())
    if not isinstance(value, Object):
        raise ShapeError(f"{key} must be an object")
    return value


def items(raw: Object, key: str) -> Items:
    """Return a list within an object; empty if there is none."""
    value = raw.get(key, Items())
    if not isinstance(value, Items):
        raise ShapeError(f"{key} must be a list")
    return value


def objects(raw: Object, key: str) -> list[Object]:
    """Return a list of objects within an object; empty if there is none."""
    listed = items(raw, key)
    if not all(isinstance(item, Object) for item in listed):
        raise ShapeError(f"{key} must contain only objects")
    return listed


def scalars(raw: Object, key: str) -> tuple[Scalar, ...]:
    """Return a list of scalars within an object."""
    return tuple(text(Object(item=item), "item") for item in items(raw, key))


def named(raw: Object, key: str, value: str) -> Configuration:
    """Return a list of names and values as an object."""
    return {text(item, "Name", None): text(item, value) for item in objects(raw, key)}


def configuration(raw: Object) -> Configuration:
    """Return a configuration with its values as CodePipeline gets them; no object is one."""
    given = inner(raw, "Configuration")
    return {
        key: text(given, key) for key, value in given.items() if not isinstance(value, dict | list)
    }


def written(*path: str, default: str | None = "") -> Any:
    """Return what reads a scalar of an element; without a default it has to be there."""
    *outer, key = path
    return cached_property(lambda element: text(reduce(inner, outer, element.raw), key, default))


@dataclass(frozen=True, kw_only=True)
class Element:
    """A part of the template. All of it is read when it is made, or it is a ``ShapeError``."""

    raw: Object = field(repr=False)  # its properties, which know their place
    home: Scalar = ""  # Region of the pipeline

    def __post_init__(self) -> None:
        for name, value in vars(type(self)).items():
            if isinstance(value, cached_property):
                getattr(self, name)

    def at(self, *keys: str | int) -> Place:
        """Return the place of something in it; as near as there is one, if it is not there."""
        value: Any = self.raw
        place = self.raw.place
        for key in keys:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return place
            place = getattr(value, "place", (*place, key))
        return place


class StageRule(Element):
    """A rule of a condition."""

    name = written("Name")
    provider = written("RuleTypeId", "Provider", default=None)
    role = written("RoleArn")
    region = cached_property(lambda self: text(self.raw, "Region") or self.home)
    configuration = cached_property(lambda self: configuration(self.raw))


@dataclass(frozen=True, kw_only=True)
class Condition(Element):
    """What must hold, and the result if it does not."""

    when: str  # one of WHEN
    result = written("Result")
    rules = cached_property(
        lambda self: tuple(
            StageRule(raw=item, home=self.home) for item in objects(self.raw, "Rules")
        )
    )


@dataclass(frozen=True, kw_only=True)
class Action(Element):
    """An action."""

    stage: Scalar
    name = written("Name", default=None)
    category = written("ActionTypeId", "Category", default=None)
    owner = written("ActionTypeId", "Owner", default=None)
    provider = written("ActionTypeId", "Provider", default=None)
    role = written("RoleArn")
    namespace = written("Namespace")
    region = cached_property(lambda self: text(self.raw, "Region") or self.home)
    configuration = cached_property(lambda self: configuration(self.raw))
    inputs = cached_property(
        lambda self: tuple(text(item, "Name", None) for item in objects(self.raw, "InputArtifacts"))
    )
    # Names of artifacts, with the files of each, if the action names them.
    outputs = cached_property(
        lambda self: {
            text(item, "Name", None): scalars(item, "Files")
            for item in objects(self.raw, "OutputArtifacts")
        }
    )
    # Of an action that has its own commands.
    commands = cached_property(lambda self: scalars(self.raw, "Commands"))
    exports = cached_property(lambda self: scalars(self.raw, "OutputVariables"))
    environment = cached_property(lambda self: named(self.raw, "EnvironmentVariables", "Value"))

    @cached_property
    def order(self) -> Any:
        """Its RunOrder; None: not known. Actions of a stage with the same run at the same time."""
        order = text(self.raw, "RunOrder", "1")
        return int(order) if isinstance(order, str) and order.isdecimal() else None

    @property
    def kind(self) -> tuple[Scalar, Scalar]:
        """Category and provider."""
        return self.category, self.provider

    @property
    def primary(self) -> Scalar:
        """The artifact that a build starts in; empty if it has none."""
        return self.configuration.get("PrimarySource") or next(iter(self.inputs), "")


class Stage(Element):
    """A stage."""

    name = written("Name", default=None)
    failure = written("OnFailure", "Result")  # empty: the stage fails
    retry = written("OnFailure", "RetryConfiguration", "RetryMode")
    actions = cached_property(
        lambda self: tuple(
            Action(raw=item, home=self.home, stage=self.name)
            for item in objects(self.raw, "Actions")
        )
    )
    conditions = cached_property(
        lambda self: tuple(
            Condition(raw=item, home=self.home, when=when)
            for when in WHEN
            for item in objects(inner(self.raw, when), "Conditions")
        )
    )

    @property
    def has_order(self) -> bool:
        """Whether it is known which of its actions run before others."""
        return all(action.order for action in self.actions)

    def steps(self) -> Iterator[list[Action]]:
        """Yield its actions in groups that run at the same time, in order.

        Without an order, all are in one group.
        """
        numbered = [((self.has_order and action.order) or 0, action) for action in self.actions]
        ordered = sorted(numbered, key=lambda pair: pair[0])
        for _, group in groupby(ordered, key=lambda pair: pair[0]):
            yield [action for _, action in group]


@dataclass(frozen=True, kw_only=True)
class Pipeline(Element):
    """The pipeline."""

    name: Scalar  # as others refer to it
    type = written("PipelineType")  # V1 or V2; empty: it follows from what it has
    mode = written("ExecutionMode", default="SUPERSEDED")
    role = written("RoleArn")
    region = cached_property(lambda self: self.home)
    variables = cached_property(lambda self: named(self.raw, "Variables", "DefaultValue"))
    stages = cached_property(
        lambda self: tuple(Stage(raw=item, home=self.home) for item in objects(self.raw, "Stages"))
    )
    # The bucket of the artifacts in each Region, and the customer's key that encrypts them there.
    stores = cached_property(
        lambda self: {region: text(store, "Location") for region, store in self.regions()}
    )
    keys = cached_property(
        lambda self: {
            region: text(inner(store, "EncryptionKey"), "Id") for region, store in self.regions()
        }
    )

    def regions(self) -> Iterator[tuple[Scalar, Object]]:
        """Yield each Region with its artifact store."""
        if "ArtifactStore" in self.raw:
            yield self.home, inner(self.raw, "ArtifactStore")
        for store in objects(self.raw, "ArtifactStores"):
            yield text(store, "Region", None), inner(store, "ArtifactStore")

    def actions(self) -> Iterator[Action]:
        """Yield every action, in the order in which they run."""
        for stage in self.stages:
            for step in stage.steps():
                yield from step

    def rules(self) -> Iterator[StageRule]:
        """Yield every rule of every condition."""
        for stage in self.stages:
            for condition in stage.conditions:
                yield from condition.rules


@dataclass(frozen=True, kw_only=True)
class Project(Element):
    """A CodeBuild project."""

    name: Scalar  # as actions refer to it
    role = written("ServiceRole")
    batch_role = written("BuildBatchConfig", "ServiceRole")
    type = written("Environment", "Type", default=None)
    compute = written("Environment", "ComputeType", default=None)
    image = written("Environment", "Image", default=None)
    source = written("Source", "Type", default=None)
    artifacts = written("Artifacts", "Type", default=None)
    cache = written("Cache", "Type")
    fleet = written("Environment", "Fleet", "FleetArn")
    buildspec = written("Source", "BuildSpec")  # the text, or its path in the source
    variables = cached_property(
        lambda self: named(inner(self.raw, "Environment"), "EnvironmentVariables", "Value")
    )

    @property
    def on_lambda(self) -> bool:
        """Whether it is known to run on Lambda."""
        return isinstance(self.type, str) and "LAMBDA" in self.type
