"""What a run costs at least, and what it waits for, from the template and dated prices."""

from collections.abc import Mapping
from typing import Any

from pipeline.outline import order, outline, stages
from pipeline.steps.settings import WATCH_MINUTES
from serverlessapp.capacity.costs import prices as dated
from serverlessapp.template.pipeline.elements import Stage

ACTION_MINUTE = "codepipeline.action-minute"


def table(prices: Mapping[str, Any] | None = None) -> str:
    """Return a Markdown table of the stages: their order, and what of them is paid.

    Args:
        prices: The part ``pipeline`` of ``prices.json``, which is read by default.
    """
    prices = prices or dated()["pipeline"]
    price = prices["prices"][ACTION_MINUTE]["price"]
    rows = [(stage.name, order(stage), str(paid(stage))) for stage in stages(outline())]
    minutes = sum(map(paid, stages(outline())))
    rows.append(("**all**", "", f"**{minutes}**"))
    rows.append(("at least", "", f"${minutes * price:.3f}"))
    heading = ("stage", "order (+ at the same time)", "minutes paid at least")
    lines = [heading, ("---", "---", "---:"), *rows]
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
