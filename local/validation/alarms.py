"""An alarm looks at whole periods, and not too far back.

Amazon CloudWatch API Reference, "PutMetricAlarm", ``Period``.
"""

from collections.abc import Iterator

from local.validation.resources import Properties, refuses

MINUTE, HOUR, DAY = 60, 3600, 86400
SHORT = (10, 20, 30)


@refuses("AWS::CloudWatch::Alarm")
def periods(_: str, properties: Properties) -> Iterator[str]:
    """Refuse a period that CloudWatch has not, and too many of them."""
    if "EvaluationPeriods" not in properties:
        if "EvaluationCriteria" not in properties:  # of PromQL, which counts no periods
            yield "The request must contain the parameter EvaluationPeriods."
        return
    period = int(properties.get("Period", MINUTE))
    if period not in SHORT and period % MINUTE:
        yield "Period must be 10, 20, 30 or a multiple of 60"
    longest = DAY if period < HOUR else 7 * DAY
    if period * int(properties["EvaluationPeriods"]) > longest:
        yield f"Metrics cannot be checked across more than {longest} seconds"
