"""What a pipeline is made of. Every path is where the element is in the template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from serverlessapp.template.parameters import Json

Configuration = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a condition."""

    path: str
    name: str
    provider: str
    configuration: Configuration
    region: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What must hold, and the result if it does not.

    Attributes:
        when: ``BeforeEntry``, ``OnSuccess`` or ``OnFailure``.
    """

    path: str
    when: str
    result: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action.

    Attributes:
        order: Actions of a stage with the same number run at the same time.
        region: Where it runs; the pipeline's own if none is named.
        commands: Of an action that has its own, otherwise none.
        exports: Variables that such an action hands on.
        environment: Of such an action.
        outputs: Names of artifacts, with the files of each, if the action names them.
    """

    path: str
    stage: str
    name: str
    category: str
    owner: str
    provider: str
    order: int
    region: str
    role: str
    namespace: str
    configuration: Configuration
    inputs: tuple[str, ...]
    outputs: Mapping[str, tuple[str, ...]]
    commands: tuple[str, ...]
    exports: tuple[str, ...]
    environment: Configuration
    has_timeout: bool

    @property
    def kind(self) -> tuple[str, str]:
        """Category and provider."""
        return self.category, self.provider

    @property
    def primary(self) -> str:
        """The artifact that a build starts in; empty if it has none."""
        return self.configuration.get("PrimarySource") or next(iter(self.inputs), "")

    def at(self, *keys: str) -> str:
        """Return the path of something in it."""
        return ".".join((self.path, *keys))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage.

    Attributes:
        failure: What happens when an action fails; empty: it fails.
        retry: What is tried again then, if anything.
    """

    path: str
    name: str
    actions: tuple[Action, ...]
    conditions: tuple[Condition, ...]
    failure: str
    retry: str

    def steps(self) -> Iterator[list[Action]]:
        """Yield its actions in groups that run at the same time, in order."""
        ordered = sorted(self.actions, key=lambda action: action.order)
        for _, group in groupby(ordered, key=lambda action: action.order):
            yield list(group)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The pipeline.

    Attributes:
        stores: Bucket of the artifacts in each Region.
        across: Whether it has stores by Region, rather than one.
        variables: Of an execution, with their defaults.
        raw: Its properties.
    """

    path: str
    name: str
    type: str
    mode: str
    region: str
    role: str
    stores: Mapping[str, str]
    across: bool
    stages: tuple[Stage, ...]
    variables: Mapping[str, str]
    raw: Json = field(repr=False)

    def actions(self) -> Iterator[Action]:
        """Yield every action, in the order in which they run."""
        for stage in self.stages:
            for step in stage.steps():
                yield from step

    def rules(self) -> Iterator[Rule]:
        """Yield every rule of every condition."""
        for stage in self.stages:
            for condition in stage.conditions:
                yield from condition.rules


@dataclass(frozen=True, kw_only=True)
class Project:
    """A CodeBuild project.

    Attributes:
        buildspec: The text, or its path in the source.
        raw: Its properties.
    """

    path: str
    name: str
    role: str
    type: str
    compute: str
    image: str
    variables: Configuration
    buildspec: str
    raw: Json = field(repr=False)

    @property
    def on_lambda(self) -> bool:
        """Whether it runs on Lambda."""
        return "LAMBDA" in self.type
