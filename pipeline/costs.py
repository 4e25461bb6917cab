"""What a run costs at least, and what it waits for, from the template and dated prices."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.outline import Action, Stage
from pipeline.parameters import ASKS_FOR_APPROVAL
from pipeline.regions import EXTRA

PRICES = Path(__file__).resolve().parent.parent / "docs" / "prices.json"
ACTION_MINUTE = "codepipeline.action-minute"


def table(stages: list[Stage], prices: Mapping[str, Any] | None = None) -> str:
    """Return a Markdown table of the stages: actions that are paid, and in which order.

    Args:
        stages: The pipeline.
        prices: The part ``pipeline`` of ``docs/prices.json``, which is read by default.
    """
    prices = prices or json.loads(PRICES.read_text(encoding="utf-8"))["pipeline"]
    price = prices["prices"][ACTION_MINUTE]["price"]
    everywhere = 1 + len(EXTRA)
    rows = [
        (
            stage.name,
            " → ".join(" + ".join(action.name for action in step) for step in stage.steps()),
            str(paid(stage, regions=1)),
            str(paid(stage, regions=everywhere)),
        )
        for stage in stages
    ]
    one, most = (sum(paid(s, regions=n) for s in stages) for n in (1, everywhere))
    rows.append(("**all**", "", f"**{one}**", f"**{most}**"))
    rows.append(("at least", "a minute each", f"${one * price:.3f}", f"${most * price:.3f}"))
    heading = ("stage", "order (+ at the same time)", "1 Region", f"{everywhere} Regions")
    lines = [heading, ("---", "---", "---:", "---:"), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def paid(stage: Stage, *, regions: int) -> int:
    """Return how many of a stage's actions are paid by the minute."""
    return sum(not action.is_free and is_there(action, regions) for action in stage.actions)


def is_there(action: Action, regions: int) -> bool:
    """Whether a pipeline for so many Regions has the action."""
    always = ("", ASKS_FOR_APPROVAL)
    return action.condition in (*always, *(region.condition for region in EXTRA[: regions - 1]))
