"""What a run costs at least, from the template and dated prices."""

from collections.abc import Mapping
from typing import Any

from pipeline.outline import outline, stages
from pipeline.steps.settings import WATCH_MINUTES
from serverlessapp.capacity.costs import prices as dated
from serverlessapp.template.pipeline.elements import Stage

ACTION_MINUTE = "codepipeline.action-minute"


def table(prices: Mapping[str, Any] | None = None) -> str:
    """Return a Markdown table of the stages, and what of them is paid, by ``prices.json``."""
    prices = prices or dated()["pipeline"]
    price = prices["prices"][ACTION_MINUTE]["price"]
    rows = [(stage.name, str(paid(stage))) for stage in stages(outline())]
    minutes = sum(map(paid, stages(outline())))
    rows.append(("**all**", f"**{minutes}**"))
    rows.append(("at least", f"${minutes * price:.3f}"))
    lines = [("stage", "minutes paid at least"), ("---", "---:"), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def paid(stage: Stage) -> int:
    """Return the fewest minutes of a stage that are paid, each action's by itself.

    Waiting for a person is not paid.
    """
    return sum(
        WATCH_MINUTES if action.name == "Watch" else 1
        for action in stage.actions
        if action.provider != "Manual"
    )
