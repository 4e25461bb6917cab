"""What a pipeline is made of, in one situation.

A scalar is the ``str`` that AWS gets, or an ``Unknown`` or a ``Text`` where the template does not
tell. Of every element there is ``raw``, which knows its place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from serverlessapp.template.reading import Place
from serverlessapp.template.values import Object

Scalar = Any
Configuration = Mapping[str, Scalar]


@dataclass(frozen=True, kw_only=True)
class Element:
    """A part of the template."""

    raw: Object = field(repr=False)

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


@dataclass(frozen=True, kw_only=True)
class StageRule(Element):
    """A rule of a condition."""

    name: Scalar
    provider: Scalar
    configuration: Configuration
    region: Scalar
    role: Scalar


@dataclass(frozen=True, kw_only=True)
class Condition(Element):
    """What must hold, and the result if it does not.

    Attributes:
        when: ``BeforeEntry``, ``OnSuccess`` or ``OnFailure``.
    """

    when: str
    result: Scalar
    rules: tuple[StageRule, ...]


@dataclass(frozen=True, kw_only=True)
class Action(Element):
    """An action.

    Attributes:
        order: Actions of a stage with the same number run at the same time; None: not known.
        region: Where it runs; the pipeline's own if none is named.
        commands: Of an action that has its own, otherwise none.
        exports: Variables that such an action hands on.
        environment: Of such an action.
        outputs: Names of artifacts, with the files of each, if the action names them.
    """

    stage: Scalar
    name: Scalar
    category: Scalar
    owner: Scalar
    provider: Scalar
    order: int | None
    region: Scalar
    role: Scalar
    namespace: Scalar
    configuration: Configuration
    inputs: tuple[Scalar, ...]
    outputs: Mapping[Scalar, tuple[Scalar, ...]]
    commands: tuple[Scalar, ...]
    exports: tuple[Scalar, ...]
    environment: Configuration

    @property
    def kind(self) -> tuple[Scalar, Scalar]:
        """Category and provider."""
        return self.category, self.provider

    @property
    def primary(self) -> Scalar:
        """The artifact that a build starts in; empty if it has none."""
        return self.configuration.get("PrimarySource") or next(iter(self.inputs), "")


@dataclass(frozen=True, kw_only=True)
class Stage(Element):
    """A stage.

    Attributes:
        failure: What happens when an action fails; empty: it fails.
        retry: What is tried again then, if anything.
    """

    name: Scalar
    actions: tuple[Action, ...]
    conditions: tuple[Condition, ...]
    failure: Scalar
    retry: Scalar

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
    """The pipeline.

    Attributes:
        type: ``V1`` or ``V2``; empty: it follows from what it has.
        stores: Bucket of the artifacts in each Region.
        variables: Of an execution, with their defaults.
    """

    name: Scalar
    type: Scalar
    mode: Scalar
    region: Scalar
    role: Scalar
    stores: Mapping[Scalar, Scalar]
    stages: tuple[Stage, ...]
    variables: Mapping[Scalar, Scalar]

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
    """A CodeBuild project.

    Attributes:
        source: Where its source comes from, such as ``CODEPIPELINE``.
        artifacts: Likewise, where its artifacts go to.
        buildspec: The text, or its path in the source.
    """

    name: Scalar
    role: Scalar
    type: Scalar
    compute: Scalar
    image: Scalar
    source: Scalar
    artifacts: Scalar
    variables: Configuration
    buildspec: Scalar

    @property
    def on_lambda(self) -> bool:
        """Whether it is known to run on Lambda."""
        return isinstance(self.type, str) and "LAMBDA" in self.type
