"""The stages of the pipeline as a table, which is read on a phone, too."""

from collections.abc import Iterator

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
