"""EMF lines are read as CloudWatch reads them."""

from typing import Any

from serverlessapp.operations.metrics import Metric, extract


def test_single_values_lists_and_lines_without_metrics() -> None:
    directive = {
        "Namespace": "N",
        "Dimensions": [["Environment"]],
        "Metrics": [{"Name": "Size", "Unit": "Bytes"}, {"Name": "Count", "Unit": "Count"}],
    }
    lines: list[dict[str, Any]] = [
        {"level": "INFO", "message": "processed"},
        {
            "Environment": "dev",
            "Size": [5, 7],
            "Count": 1,
            "_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]},
        },
    ]
    dimensions = {"Environment": "dev"}
    assert list(extract(lines)) == [
        Metric(namespace="N", name="Size", unit="Bytes", dimensions=dimensions, values=(5, 7)),
        Metric(namespace="N", name="Count", unit="Count", dimensions=dimensions, values=(1,)),
    ]
