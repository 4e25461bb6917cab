"""Another lane's metric changes nothing about an alarm."""

import time
from typing import Any

import pytest
from ministack.services import cloudwatch

from local.corrections.alarm_dimensions import evaluate


def alarm(processor: str | None) -> dict[str, Any]:
    dimensions = [{"Name": "Processor", "Value": processor}] if processor else []
    return {
        "AlarmName": "errors",
        "Namespace": "Ours",
        "MetricName": "Errors",
        "Dimensions": dimensions,
        "Statistic": "Sum",
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "StateValue": "INSUFFICIENT_DATA",
    }


@pytest.fixture
def failed_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file of the processor csv has failed just now."""
    point = {"Timestamp": time.time(), "Value": 1.0, "Count": 1.0, "Dimensions": {}}
    monkeypatch.setattr(cloudwatch, "_metrics", {("Ours", "Errors", "Processor=csv"): [point]})


@pytest.mark.usefixtures("failed_file")
@pytest.mark.parametrize(
    ("processor", "state"),
    [("csv", "ALARM"), ("tsv", "INSUFFICIENT_DATA"), (None, "INSUFFICIENT_DATA")],
)
def test_an_alarm_takes_the_metric_of_its_dimensions(processor: str | None, state: str) -> None:
    seen = alarm(processor)
    evaluate(cloudwatch._evaluate_alarm, seen)
    assert seen["StateValue"] == state


@pytest.mark.usefixtures("failed_file")
def test_ministack_still_takes_every_metric_of_the_name() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    seen = alarm("tsv")
    cloudwatch._evaluate_alarm(seen)
    assert seen["StateValue"] == "ALARM"
