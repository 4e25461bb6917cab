"""A picture of the stages, in Mermaid, which code hosts show."""

from collections.abc import Iterator
from itertools import pairwise

from pipeline.outline import outline, stages
from serverlessapp.template.pipeline.elements import Action, Stage


def draw() -> str:
    """Return the picture."""
    return "\n".join(["```mermaid", "flowchart TB", *lines(), "```"])


def lines() -> Iterator[str]:
    """Yield the lines of the picture."""
    delivery = outline()
    for stage in stages(delivery):
        title = "<br>".join([f"<b>{stage.name}</b>", *reactions(stage)])
        yield f'  subgraph {stage.name}["{title}"]'
        yield "    direction LR"
        for action in stage.actions:
            project = delivery.project_of(action)
            label = f"{action.name}<br><small>{project.compute if project else action.provider}"
            yield f'    {node(action)}["{label}</small>"]'
        for before, after in pairwise(stage.steps()):
            yield f"    {' & '.join(map(node, before))} --> {' & '.join(map(node, after))}"
        yield "  end"
    for stage, successor in pairwise(stages(delivery)):
        yield f"  {stage.name} --> {successor.name}"


def node(action: Action) -> str:
    """Return the action's name in the picture."""
    return f"{action.stage}_{action.name}"


def reactions(stage: Stage) -> Iterator[str]:
    """Yield what a stage does when something is not as it should be."""
    results = {condition.when: condition for condition in stage.conditions}
    if condition := results.get("BeforeEntry"):
        for rule in condition.rules:
            words = "".join(f" {c.lower()}" if c.isupper() else c for c in rule.name)
            yield f"{condition.result} if it is not{words}"
    if stage.failure:
        yield f"{stage.failure} on failure"
