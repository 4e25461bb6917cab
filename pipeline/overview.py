"""The stages and builds of the pipeline as tables, which are read on a phone, too."""

from collections import Counter
from collections.abc import Iterator
from functools import reduce
from operator import or_

from generators.tables import table
from pipeline.outline import order, outline, stages
from serverlessapp.template.pipeline.elements import Stage


def stage_table() -> str:
    rows = [
        (f"**{stage.name}**", order(stage), "; ".join(reactions(stage)))
        for stage in stages(outline())
    ]
    return table(("stage", "actions (+ at the same time)", "reaction"), rows)


def reactions(stage: Stage) -> Iterator[str]:
    """Yield what a stage does when something is not as it should be."""
    results = {condition.when: condition for condition in stage.conditions}
    if condition := results.get("BeforeEntry"):
        for rule in condition.rules:
            words = "".join(f" {c.lower()}" if c.isupper() else c for c in rule.name)
            yield f"{condition.result} if it is not{words}"
    if stage.failure:
        yield f"{stage.failure} on failure"


def build_table() -> str:
    """Return how many builds of each kind run at the same time at most, a row each.

    Several pushes can be on their way, in a stage each (CodePipeline User Guide, "How pipeline
    executions work", QUEUED mode), and a stage runs one step at a time.
    """
    delivery, most = outline(), Counter[tuple[str, str]]()
    for stage in stages(delivery):
        builds = (map(delivery.project_of, step) for step in stage.steps())
        steps = (Counter((each.type, each.compute) for each in step if each) for step in builds)
        most += reduce(or_, steps, Counter())  # of each kind, the most of any step
    rows = [(f"`{kind}`", f"`{size}`", str(number)) for (kind, size), number in most.items()]
    return table(("environment", "compute type", "builds"), sorted(rows))
