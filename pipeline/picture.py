"""A picture of the stages, in Mermaid, which code hosts show."""

from collections.abc import Iterator
from itertools import pairwise

from pipeline.outline import Action, Stage


def draw(stages: list[Stage]) -> str:
    """Return the picture. Dashed is what parameters turn on."""
    return "\n".join(["```mermaid", "flowchart TB", *lines(stages), "```"])


def lines(stages: list[Stage]) -> Iterator[str]:
    """Yield the lines of the picture."""
    for stage in stages:
        title = "<br>".join([f"<b>{stage.name}</b>", *stage.reactions])
        yield f'  subgraph {stage.name}["{title}"]'
        yield "    direction LR"
        for action in stage.actions:
            style = ":::optional" if action.condition else ""
            yield f'    {node(action)}["{label(action)}"]{style}'
        for before, after in pairwise(stage.steps()):
            yield f"    {' & '.join(map(node, before))} --> {' & '.join(map(node, after))}"
        yield "  end"
    for one, other in pairwise(stages):
        yield f"  {one.name} --> {other.name}"
    yield "  classDef optional stroke-dasharray: 4 4"


def node(action: Action) -> str:
    """Return the action's name in the picture."""
    return f"{action.stage}_{action.name}"


def label(action: Action) -> str:
    """Return what the action's box says."""
    return f"{action.name}<br><small>{action.compute or action.provider}</small>"
