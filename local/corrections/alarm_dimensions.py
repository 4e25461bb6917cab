"""An alarm is about the metric of its dimensions, and about no other of this name.

Amazon CloudWatch User Guide, "Metrics concepts", "Dimensions": each combination is a metric of its
own. ministack compares namespace and name, so one lane's failed file puts the alarms of all on.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from ministack.services import cloudwatch

from local.replacements import around


@around("services.cloudwatch", "_evaluate_alarm")
def evaluate(original: Callable[..., None], alarm: dict[str, Any]) -> None:
    """Evaluate an alarm as if there was no other metric."""
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
    metrics = {key: points for key, points in cloudwatch._metrics.items() if key[2] == dimensions}
    with_these = {**original.__globals__, "_metrics": metrics}
    FunctionType(original.__code__, with_these)(alarm)
