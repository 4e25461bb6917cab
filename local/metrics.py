"""Hands the metrics in the function's log to CloudWatch.

On AWS, CloudWatch takes them from there by itself. The emulator does not, so this module does it
in its place; then the alarms see them there too.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from serverlessapp.operations.metrics import Metric

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient


def publish(cloudwatch: "CloudWatchClient", metrics: Iterable[Metric]) -> None:
    """Hand metrics to CloudWatch's API, in the emulator's stead."""
    for metric in metrics:
        cloudwatch.put_metric_data(
            Namespace=metric.namespace,
            MetricData=[
                {
                    "MetricName": metric.name,
                    "Unit": metric.unit,  # type: ignore[typeddict-item]
                    "Dimensions": [{"Name": k, "Value": v} for k, v in metric.dimensions.items()],
                    "Values": list(metric.values),
                }
            ],
        )
