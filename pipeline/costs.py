"""What a run costs at least, and what it waits for, from the template and dated prices."""

import json
from collections.abc import Mapping
from typing import Any

from pipeline.outline import ROOT, order, outline, stages
from pipeline.regions import EXTRA
from serverlessapp.template.pipeline.elements import Stage

PRICES = ROOT / "docs" / "prices.json"
ACTION_MINUTE = "codepipeline.action-minute"


def table(prices: Mapping[str, Any] | None = None) -> str:
    """Return a Markdown table of the stages: actions that are paid, and in which order.

    Args:
        prices: The part ``pipeline`` of ``docs/prices.json``, which is read by default.
    """
    prices = prices or json.loads(PRICES.read_text(encoding="utf-8"))["pipeline"]
    price = prices["prices"][ACTION_MINUTE]["price"]
    everywhere = stages(outline())
    own_region = {stage.name: paid(stage) for stage in stages(outline(()))}
    rows = [
        (stage.name, order(stage), str(own_region.get(stage.name, 0)), str(paid(stage)))
        for stage in everywhere
    ]
    few, many = sum(own_region.values()), sum(map(paid, everywhere))
    rows.append(("**all**", "", f"**{few}**", f"**{many}**"))
    rows.append(("at least", "a minute each", f"${few * price:.3f}", f"${many * price:.3f}"))
    heading = ("stage", "order (+ at the same time)", "1 Region", f"{1 + len(EXTRA)} Regions")
    lines = [heading, ("---", "---", "---:", "---:"), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def paid(stage: Stage) -> int:
    """Return how many of a stage's actions are paid by the minute: waiting for a person is not."""
    return sum(action.provider != "Manual" for action in stage.actions)
