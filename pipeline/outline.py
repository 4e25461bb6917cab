"""The generated pipeline, read back: what its pictures and tables are made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline.definition import build

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action.

    Attributes:
        order: Actions of a stage with the same number run at the same time.
        compute: What CodeBuild runs it on, empty for other providers.
        condition: It is there only if this condition of the template holds; empty: always.
    """

    stage: str
    name: str
    provider: str
    order: int
    compute: str
    condition: str

    @property
    def is_free(self) -> bool:
        """Whether waiting for it costs nothing."""
        return self.provider == "Manual"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage, with what happens besides its actions, in words."""

    name: str
    actions: tuple[Action, ...]
    reactions: tuple[str, ...]

    def steps(self) -> list[list[Action]]:
        """Return its actions in groups that run at the same time, in order."""
        ordered = sorted(self.actions, key=lambda action: action.order)
        return [list(group) for _, group in groupby(ordered, key=lambda action: action.order)]


def outline() -> list[Stage]:
    """Return the stages of the template."""
    resources = build().to_dict()["Resources"]
    return [
        Stage(
            name=stage["Name"],
            actions=tuple(actions(stage, resources)),
            reactions=tuple(reactions(stage)),
        )
        for stage in resources["Pipeline"]["Properties"]["Stages"]
    ]


def actions(stage: Json, resources: Json) -> Iterator[Action]:
    """Yield the actions of a stage, those under a condition too."""
    for item in stage["Actions"]:
        condition, action, _ = item.get("Fn::If", ("", item, None))
        project = action["Configuration"].get("ProjectName")
        yield Action(
            stage=stage["Name"],
            name=action["Name"],
            provider=action["ActionTypeId"]["Provider"],
            order=action.get("RunOrder", 1),
            compute=compute(resources[project["Ref"]]) if project else "",
            condition=condition,
        )


def compute(project: Json) -> str:
    """Return what a CodeBuild project runs on."""
    return str(project["Properties"]["Environment"]["ComputeType"])


def reactions(stage: Json) -> Iterator[str]:
    """Yield what a stage does when something is not as it should be."""
    for condition in stage.get("BeforeEntry", {}).get("Conditions", []):
        yield f"{condition['Result']} if it is not {rule_name(condition)}"
    if failure := stage.get("OnFailure"):
        yield f"{failure['Result']} on failure"
    for condition in stage.get("OnSuccess", {}).get("Conditions", []):
        yield f"{condition['Result']} when an alarm goes off"


def rule_name(condition: Json) -> str:
    """Return the name of a condition's first rule, as words."""
    name = condition["Rules"][0]["Name"]
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
